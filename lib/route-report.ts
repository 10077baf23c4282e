import type { RoutedApi, RouteTable } from '../lambda/route-table.ts';
import type { CheckedApi, CheckedRoute, KeyedRule } from './attached-apis.ts';
import { describeAccess, describeNobody } from './describe-access.ts';

/** What a report is about. */
export interface RouteReport {
  /** The path of the construct. */
  readonly authorizer: string;
  readonly table?: RouteTable | undefined;
  readonly apis: readonly CheckedApi[];
  readonly acknowledged: Readonly<Record<string, string>>;
  /** Rules that decide about no route here. */
  readonly unused: readonly KeyedRule[];
}

const TITLES = { rest: 'REST API', http: 'HTTP API', websocket: 'WebSocket API' } as const satisfies Record<
  RoutedApi,
  string
>;

/**
 * Renders who may call what as Markdown. It holds nothing that differs from one run to the next, and each row is a line,
 * so that a change of access is a change of a line.
 */
export function renderRouteReport({ authorizer, table, apis, acknowledged, unused }: RouteReport): string {
  const sections = apis.map(({ kind, name, routes }) => [
    `## ${TITLES[kind]} ${name}`,
    ...renderTable([
      ['Route', 'Who may call it', 'By the rule'],
      ...routes.flatMap((route) => rowsOf(route, table)),
    ]),
  ]);
  const rest =
    table === undefined || unused.length === 0
      ? []
      : [
          [
            '## Rules that no route here needs',
            ...renderTable([
              ['Rule', 'Who may call it', 'What it is for'],
              ...unused.map((rule) => [
                rule.route,
                describeAccess(rule, table),
                acknowledged[rule.route] ?? '',
              ]),
            ]),
          ],
        ];
  return `${[[`# Who may call what: ${authorizer}`, modeOf(table)], ...sections, ...rest]
    .map(([heading = '', ...lines]) => `${heading}\n\n${lines.join('\n')}`)
    .join('\n\n')}\n`;
}

function modeOf(table: RouteTable | undefined): string {
  if (table === undefined) return 'There is no route table: every live token may call every route.';
  return table.mode === 'log-only'
    ? 'The route table is only logged: every live token may call every route, and the log says who would be refused.'
    : 'What no rule is about is denied.';
}

function rowsOf(
  { route, isGuarded, rules, isComplete }: CheckedRoute,
  table: RouteTable | undefined,
): string[][] {
  if (!isGuarded) return [[route, 'whoever this API lets: the authorizer is not asked', '']];
  if (table === undefined) return [[route, 'every live token', '']];
  const nobody = describeNobody(table.mode);
  if (rules.length === 0) return [[route, nobody, 'none']];
  const rows = rules.map((rule) => [route, describeAccess(rule, table), rule.route]);
  return isComplete ? rows : [...rows, [route, `${nobody} (all that no rule is about)`, 'none']];
}

/** Not aligned: a longer cell would change every line of the table. */
function renderTable(rows: readonly (readonly string[])[]): string[] {
  const [headings = '', ...others] = rows.map((row) => `| ${row.map(escapeCell).join(' | ')} |`);
  return [headings, `|${' --- |'.repeat(rows[0]?.length ?? 0)}`, ...others];
}

/** What an owner writes may hold whatever Markdown reads as something else. */
function escapeCell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|<*`]/g, '\\$&');
}
