import type { RequestVariables } from './request-variables.ts';
import { lookUp } from './request-variables.ts';

/** A place in the request whose value an authorizer needs, and by which its answers are cached. */
export interface IdentitySource {
  readonly from: 'header' | 'querystring' | 'stageVariables' | 'context';
  /** Of a header in lower case; of a context variable its path, like `identity.sourceIp`. */
  readonly name: string;
}

/** How each kind of API spells its identity sources: before `header.X` and `querystring.X`, and before the others. */
const SPELLINGS = {
  rest: { request: 'method.request.', other: '' },
  http: { request: '$request.', other: '$' },
  webSocket: { request: 'route.request.', other: '' },
} as const;

/**
 * Parses the identity sources of an authorizer.
 *
 * @throws {Error} one sentence that names the expression and what is allowed
 */
export function parseIdentitySources(
  expressions: readonly string[],
  kind: keyof typeof SPELLINGS,
): readonly IdentitySource[] {
  const { request, other } = SPELLINGS[kind];
  return expressions.map((expression) => {
    for (const from of ['header', 'querystring', 'stageVariables', 'context'] as const) {
      const prefix = `${from === 'header' || from === 'querystring' ? request : other}${from}.`;
      const name = expression.startsWith(prefix) ? expression.slice(prefix.length) : '';
      if (name !== '') return { from, name: from === 'header' ? name.toLowerCase() : name };
    }
    throw new Error(
      `The identity source "${expression}" is none of ${request}header.<name>, ${request}querystring.<name>, ` +
        `${other}stageVariables.<name>, ${other}context.<name>.`,
    );
  });
}

/** Reads the value of each identity source; a missing one is the empty text, which API Gateway counts as missing. */
export function readIdentity(
  sources: readonly IdentitySource[],
  { context, stageVariables, header, querystring }: RequestVariables,
): readonly string[] {
  const maps = { header, querystring, stageVariables };
  return sources.map(({ from, name }) => {
    const value = from === 'context' ? lookUp(context, name.split('.')) : lookUp(maps[from], [name]);
    return value === undefined || value === null ? '' : String(value);
  });
}
