// RFC 3986: how the servers behind an API may read a path.

import type { RoutedApi } from './parse-route.ts';

/**
 * Splits a path into segments: as it came and, if that differs, decoded once.
 *
 * HTTP APIs decode a path before they route it. REST APIs keep the encoding; still, characters that need none
 * (`%65` for `e`) may be decoded on the way (RFC 3986 section 6.2.2.2).
 */
export function readPath(api: RoutedApi, path: string): readonly (readonly string[])[] {
  const decoded = api === 'http' ? decodePath(path) : decodeUnreserved(path);
  return (decoded === path ? [path] : [path, decoded]).map((reading) => reading.split('/'));
}

/** Reads a path up to a decoded `?` or `#`, where some take it for ended. Nothing where it has none. */
export function cutQuery(path: string): readonly (readonly string[])[] {
  const [cut = ''] = decodePath(path).split(/[?#]/);
  return cut === path || cut === decodePath(path) ? [] : [cut.split('/')];
}

/**
 * Tells whether a server could leave the place that the path names: a segment is `.` or `..`, in any percent-encoding,
 * with `;` parameters or control characters, or beside a backslash; or a segment inside the path is empty.
 */
export function hasDotSegment(path: string): boolean {
  const segments = decodeAscii(path).split(/[/\\]/);
  return segments.some((segment, at) => {
    const name = segment.replace(/;.*$/s, '');
    if (name === '') return segment !== '' || at < segments.length - 1;
    // Parsers of URLs drop tabs and line ends; `?` and `#` may end a path.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    return /^\.\.?([?#]|$)/.test(name.replace(/[\u0000-\u0020\u007f]/g, ''));
  });
}

/** Decodes one layer. Of what is not UTF-8, only ASCII is decoded. */
export function decodePath(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    }
  });
}

function decodeUnreserved(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded;
  });
}

/** ASCII in more bytes than UTF-8 allows, which careless servers decode all the same. */
const OVERLONG = /%(?:c([01])|e0%8([01])|f0%80%8([01]))%([89ab][0-9a-f])/gi;

/** Decodes ASCII characters, however often they are encoded, in one pass: a decoded character can complete the next code. */
function decodeAscii(path: string): string {
  if (!path.includes('%')) return path;
  const decoded: string[] = [];
  for (const character of path) {
    decoded.push(character);
    for (
      let end = decoded.slice(-3).join('');
      /^%[0-7][0-9a-f]$/i.test(end);
      end = decoded.slice(-3).join('')
    )
      decoded.splice(-3, 3, String.fromCharCode(Number.parseInt(end.slice(1), 16)));
  }
  return decoded
    .join('')
    .replace(OVERLONG, (_all, two?: string, three?: string, four?: string, last = '') =>
      String.fromCharCode((Number(two ?? three ?? four) << 6) | (Number.parseInt(last, 16) & 0x3f)),
    );
}
