/** Deeper nesting than this has no use in a token, and can exhaust the stack of a recursive reader. */
const MAX_DEPTH = 32;

const STRING_OR_BRACKET = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;

/**
 * Tells whether every reader of this JSON text sees the same value in it: no object has a name twice (in any
 * spelling), none is named `__proto__`, no string holds half of a surrogate pair, and nothing is nested more than
 * 32 levels deep.
 *
 * @param text  valid JSON; what `JSON.parse` accepted
 * @see RFC 8259 section 4 and 8.2, which leave these to the reader
 */
export function isUnambiguousJson(text: string): boolean {
  const namesByDepth: Set<string>[] = [];
  for (const { 0: token, index } of text.matchAll(STRING_OR_BRACKET)) {
    if (token === '{' || token === '[') {
      if (namesByDepth.push(new Set()) > MAX_DEPTH) return false;
    } else if (token === '}' || token === ']') {
      namesByDepth.pop();
    } else {
      const string: string = token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
      if (!string.isWellFormed()) return false;
      if (!isFollowedByColon(text, index + token.length)) continue;
      const names = namesByDepth.at(-1);
      if (string === '__proto__' || names?.has(string)) return false;
      names?.add(string);
    }
  }
  return true;
}

function isFollowedByColon(text: string, start: number): boolean {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1;
  return text[at] === ':';
}
