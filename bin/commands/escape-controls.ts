// Values of the revocation table were written by others: none of them may move the cursor, recolor or reorder a
// terminal's text.

/** Control (Cc), invisible and bidirectional (Cf), line-breaking and unpaired (Cs) characters. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** As {@link CONTROLS}, but those below U+007F: between the values of a JSON text they are its white space. */
const JSON_CONTROLS = /[\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu;

function asEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** Shows control characters as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, asEscape);
}

/** Escapes control characters inside a JSON text; it still says the same. */
export function escapeJsonControls(json: string): string {
  return json.replace(JSON_CONTROLS, asEscape);
}
