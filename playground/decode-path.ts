/** Decodes a path, or a part of it, once. Of what is not UTF-8, only ASCII is decoded. */
export function decodePath(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    }
  });
}
