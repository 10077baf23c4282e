const LONGEST_CHARS = 200;

/** What JSON leaves as it is, and what could move the cursor, recolor or reorder the text of a terminal. */
const CONTROLS = /[\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Shows the value of a claim on one line: as JSON, cut off when long, with control characters as `\u001b`. */
export function showClaim(value: unknown): string {
  if (value === undefined) return 'none';
  const text = JSON.stringify(value);
  const short = text.length > LONGEST_CHARS ? `${text.slice(0, LONGEST_CHARS)}...` : text;
  return short.replace(CONTROLS, (character) =>
    Array.from(
      { length: character.length },
      (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Shows a NumericDate as `2026-01-01T00:00:00Z`, and whatever else stands in its place as it is. */
export function showTime(value: unknown): string {
  const isTime = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 8_640_000_000_000;
  return isTime ? new Date(value * 1000).toISOString().replace('.000Z', 'Z') : showClaim(value);
}
