import type { DecisionGround, Explanation, Particulars } from './explanation.ts';
import { explanationOf, groundOf } from './explanation.ts';

/** The authorizer's log line of one decision. */
export interface LoggedDecision {
  readonly explanation: Explanation;
  /** All fields of the line: identifiers stand there as digests only. */
  readonly line: Readonly<Record<string, unknown>>;
}

/**
 * Explains a line of the authorizer's log. What log viewers put before the JSON object, a time or a stream, is skipped.
 *
 * @returns undefined when the text is no such line
 */
export function explainLine(text: string): LoggedDecision | undefined {
  const line = parseObject(text.slice(text.indexOf('{')));
  if (line === undefined) return undefined;
  const ground = groundOfLine(line);
  return ground && { explanation: explanationOf(ground, particularsOf(line)), line };
}

function groundOfLine(line: Readonly<Record<string, unknown>>): DecisionGround | undefined {
  const { decision, reason, ambiguousKid } = line;
  if (decision === 'allow') return { decision };
  const ground = typeof reason === 'string' ? groundOf(reason) : undefined;
  if (ground?.decision !== decision) return undefined;
  return ground?.decision === 'denial' ? { ...ground, isAmbiguousKid: ambiguousKid === true } : ground;
}

/** What the route table said; nothing where there is none. */
function particularsOf({ rule, missing, wouldDeny }: Readonly<Record<string, unknown>>): Particulars {
  const texts = Array.isArray(missing) ? missing.filter((text) => typeof text === 'string') : [];
  const by = typeof rule === 'string' ? [`by the rule "${rule}"`] : [];
  if (by.length === 0 && texts.length === 0) return {};
  return {
    notChecked: new Set(),
    ...(texts.length > 0 && { expected: { scope: [...texts, ...by].join(', ') } }),
    ...(wouldDeny === true && { onlyLogged: 'scope' }),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
