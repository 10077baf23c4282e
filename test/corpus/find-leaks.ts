const WINDOW = 12;

/**
 * Finds out what of some tokens stands in a log: any 12 characters in a row of a claims or signature part, encoded or
 * decoded, and of any text among the claims.
 *
 * @param known  what may stand in the log, because the owner configured it or an issuer published it
 */
export function findLeaks(log: string, authorizations: readonly string[], known: string): string[] {
  const windows = new Set<string>();
  for (let at = 0; at + WINDOW <= log.length; at += 1) windows.add(log.slice(at, at + WINDOW));
  return authorizations.flatMap((authorization) => {
    const [, ...parts] = authorization.replace(/^\S+ +/, '').split('.');
    const decoded = parts.map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    return [...parts, ...decoded, ...parts.flatMap(textsOf)].filter(
      (text) => !known.includes(text) && hasWindow(text, windows),
    );
  });
}

function hasWindow(text: string, windows: ReadonlySet<string>): boolean {
  for (let at = 0; at + WINDOW <= text.length; at += 1) {
    if (windows.has(text.slice(at, at + WINDOW))) return true;
  }
  return false;
}

/** Every text in the JSON of a part, however deep; nothing when it is no JSON. */
function textsOf(part: string): string[] {
  const texts: string[] = [];
  try {
    JSON.parse(Buffer.from(part, 'base64url').toString(), (_name, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
  } catch {
    return [];
  }
  return texts;
}
