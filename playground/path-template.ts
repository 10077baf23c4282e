// Path templates such as `/orders/{id}` and `/{proxy+}`.

/** Splits a path or a template into its segments; a trailing slash makes one more, an empty one. */
export function segmentsOf(path: string): string[] {
  return path.replace(/^\//, '').split('/');
}

export function isGreedy(template: readonly string[]): boolean {
  return template.at(-1)?.endsWith('+}') ?? false;
}

/** Tells whether the segments of a path are those of a template; a parameter is never empty. */
export function isPathMatch(template: readonly string[], sent: readonly string[]): boolean {
  if (!isGreedy(template) && template.length !== sent.length) return false;
  return template.every((segment, i) => (segment.startsWith('{') ? Boolean(sent[i]) : segment === sent[i]));
}

/** Sorts the more specific template first: literal text before `{name}` before `{name+}`, segment by segment. */
export function bySpecificity(a: readonly string[], b: readonly string[]): number {
  const difference = a.findIndex((segment, i) => rank(segment) !== rank(b[i]));
  return difference < 0 ? b.length - a.length : rank(a[difference]) - rank(b[difference]);
}

/** Reads the path parameters, as sent, not decoded. */
export function parametersOf(template: readonly string[], sent: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    template.flatMap((segment, i): [string, string][] => {
      const name = /^\{(.+?)\+?\}$/.exec(segment)?.[1];
      if (name === undefined) return [];
      return [[name, segment.endsWith('+}') ? sent.slice(i).join('/') : (sent[i] ?? '')]];
    }),
  );
}

/** 0 for literal text, 1 for `{name}`, 2 for `{name+}`. */
function rank(segment: string | undefined): number {
  if (segment?.endsWith('+}')) return 2;
  return segment?.startsWith('{') ? 1 : 0;
}
