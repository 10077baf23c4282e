// IAM policy evaluation as API Gateway applies it to the answer of a Lambda authorizer. Pure.

/** One statement of a policy document, with every field as a list. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export type PolicyEffect = 'allow' | 'explicit deny' | 'implicit deny';

/**
 * Evaluates the statements for one request: an explicit Deny wins over any Allow, and what nobody allows is denied.
 *
 * Does NOT know conditions, NotAction or NotResource; `parseAuthorizerAnswer` refuses them.
 */
export function evaluatePolicy(
  statements: readonly Statement[],
  action: string,
  resource: string,
): PolicyEffect {
  const effects = statements
    .filter(({ actions, resources }) => {
      // IAM compares actions without regard to case, resources with it.
      const isAction = actions.some((pattern) => isGlobMatch(pattern.toLowerCase(), action.toLowerCase()));
      return isAction && resources.some((pattern) => isGlobMatch(pattern, resource));
    })
    .map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'explicit deny';
  return effects.includes('Allow') ? 'allow' : 'implicit deny';
}

/**
 * Matches an IAM pattern against the whole text: `*` is any run of characters, slashes included; `?` is one character; `${*}`,
 * `${?}` and `${$}` are these characters themselves. A pattern with another variable matches nothing.
 *
 * Takes at most pattern times text steps, whatever the pattern: it only ever goes back to the last `*`.
 */
export function isGlobMatch(pattern: string, text: string): boolean {
  const parts = pattern.match(/\$\{[^}]*\}|./gsu) ?? [];
  const characters = [...text];
  if (parts.some((part) => part.length > 2 && !ESCAPE.test(part))) return false;
  const tokens = parts.map((part) => WILDCARDS.get(part) ?? part.replace(ESCAPE, '$1'));
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < characters.length) {
    if (tokens[p] === ANY_RUN) {
      star = p++;
      resume = t;
    } else if (tokens[p] === ANY_CHARACTER || tokens[p] === characters[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (tokens[p] === ANY_RUN) p++;
  return p === tokens.length;
}

const ESCAPE = /^\$\{([*?$])\}$/;
const ANY_RUN = Symbol('*');
const ANY_CHARACTER = Symbol('?');
const WILDCARDS = new Map([
  ['*', ANY_RUN],
  ['?', ANY_CHARACTER],
]);
