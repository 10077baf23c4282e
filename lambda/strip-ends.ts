/**
 * Takes certain characters off both ends of a text, in a time that grows with its length. Unlike `trim` it leaves there what
 * Unicode calls white space beside: who reads `\u00a0admin` as `admin` can be told another name than somebody else has checked.
 */
export function stripEnds(text: string, characters: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && characters.includes(text.charAt(start))) start += 1;
  while (start < end && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
