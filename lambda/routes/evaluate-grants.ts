import type { Grants } from './compile-policy.ts';

/** Tells whether IAM would allow a resource: some Allow matches it and no Deny does. */
export function evaluateGrants({ allow, deny }: Grants, resource: string): boolean {
  return (
    allow.some((pattern) => isGlobMatch(pattern, resource)) &&
    !deny.some((pattern) => isGlobMatch(pattern, resource))
  );
}

/**
 * Matches a pattern of IAM against the whole text: `*` is any run of characters, slashes included; `?` is one character.
 *
 * Takes at most pattern times text steps, whatever the two are: it only ever goes back to the last `*`.
 */
function isGlobMatch(pattern: string, text: string): boolean {
  let [p, t, star, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
