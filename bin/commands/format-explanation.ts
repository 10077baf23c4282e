import { escapeControls } from './escape-controls.ts';
import { paint } from './format-record.ts';
import type { ExplainAnswer } from './parse-answer.ts';

const COLORS = new Map([
  ['passed', 'green'],
  ['failed', 'red'],
  ['not possible', 'yellow'],
  ['only logged', 'yellow'],
] as const);

/** Of these it helps to know what was expected. */
const TELLING: readonly string[] = ['failed', 'not possible', 'only logged'];

const SCOPE_HINT = `The scope is checked for one request, against the route table: "can" does that.`;

/** Formats an explanation: the decision, the checks in their order, and what to do. */
export function formatExplanation(explanation: ExplainAnswer): string {
  const { checks, guide } = explanation;
  const width = Math.max(...checks.map(({ outcome }) => outcome.length));
  return [
    headline(explanation),
    ...checks.map((check) => `  ${formatCheck(check, width)}`),
    ...(checks.some(({ check, outcome }) => check === 'scope' && outcome === 'not checked')
      ? [SCOPE_HINT]
      : []),
    ...(guide === null
      ? []
      : [
          `Meaning: ${escapeControls(guide.meaning)}`,
          `The client: ${escapeControls(guide.client)}`,
          `The operator: ${escapeControls(guide.operator)}`,
        ]),
  ].join('\n');
}

function headline({ decision, reason, checks }: ExplainAnswer): string {
  const code = escapeControls(reason ?? '');
  if (decision === 'denial') return `${paint('red', 'refused')}: ${code}`;
  if (decision === 'fault') return `${paint('yellow', 'could not be decided')}: ${code}`;
  const open = checks.filter(({ outcome }) => outcome === 'not checked').map(({ check }) => check);
  const except = open.length === 0 ? '' : `; not checked: ${open.map(escapeControls).join(', ')}`;
  return `${paint('green', 'allowed')}${except}`;
}

function formatCheck({ check, outcome, expected, found }: ExplainAnswer['checks'][number], width: number) {
  const color = COLORS.get(outcome as 'failed');
  const padded = outcome.padEnd(width);
  const name = `${color ? paint(color, padded) : escapeControls(padded)}  ${escapeControls(check)}`;
  if (!TELLING.includes(outcome)) return name;
  const seen = found === undefined ? '' : `; found: ${escapeControls(found)}`;
  return `${name}: expected ${escapeControls(expected)}${seen}`;
}
