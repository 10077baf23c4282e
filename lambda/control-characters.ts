// Characters that move a cursor, end a line or a text, or break a log apart: C0, DEL, C1, and Unicode's line separators.

/** Tells whether a text holds any of them. */
export function hasControlCharacters(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}

/** Shows them as `\u001b`. */
export function escapeControlCharacters(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
