import { stripEnds } from '../strip-ends.ts';
import { fieldsOf } from './fields-of.ts';

/** Every value that a request has under a name. */
export type Values = ReadonlyMap<string, readonly string[]>;

/** Where a request may carry a token. Each value is kept, so that nobody takes the first of two. */
export interface RequestValues {
  /** By lower-case name. In payload 2.0 API Gateway joins several values with commas. */
  readonly headers: Values;
  /** By name, which is case-sensitive. In payload 2.0 API Gateway joins several values with commas. */
  readonly query: Values;
  /** By name, which is case-sensitive. */
  readonly cookies: Values;
}

/**
 * Collects the headers, the query string and the cookies of a request event of any kind, where each map may be null, and
 * a map with single values stand beside one with lists.
 */
export function readRequestValues(event: object): RequestValues {
  const fields = fieldsOf(event);
  const headers = readHeaders(event);
  return {
    headers,
    query: union(
      collect(fields['queryStringParameters']),
      collect(fields['multiValueQueryStringParameters']),
    ),
    cookies: union(parseCookies(headers.get('cookie') ?? []), parseCookies(textsOf(fields['cookies']))),
  };
}

/** Collects the headers alone, by lower-case name. */
export function readHeaders(event: object): Values {
  const { headers, multiValueHeaders } = fieldsOf(event);
  return union(collect(headers, lowerCase), collect(multiValueHeaders, lowerCase));
}

function collect(map: unknown, keyOf: (name: string) => string = (name) => name): Values {
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(fieldsOf(map))) add(values, keyOf(name), textsOf(value));
  return values;
}

/**
 * `Cookie: a=1; b=2`, RFC 6265 section 4.2.1. A value in quotes keeps them, so that it is no token. Only spaces and tabs stand
 * around a pair: with anything else before it, a name is another one, for which a browser does not keep the promises of `__Host-`.
 */
function parseCookies(headers: readonly string[]): Values {
  const values = new Map<string, string[]>();
  for (const pair of headers.flatMap((header) => header.split(';'))) {
    const end = pair.indexOf('=');
    if (end > 0) add(values, stripEnds(pair.slice(0, end), ' \t'), [stripEnds(pair.slice(end + 1), ' \t')]);
  }
  return values;
}

/** Two accounts of the same values: the map with single values repeats one of those in the map with lists. */
function union(one: Values, other: Values): Values {
  const values = new Map(one);
  for (const [name, texts] of other) {
    const known = one.get(name) ?? [];
    const [more, less] = texts.length >= known.length ? [texts, known] : [known, texts];
    const told = new Set(more);
    values.set(name, [...more, ...less.filter((text) => !told.has(text))]);
  }
  return values;
}

function add(values: Map<string, string[]>, name: string, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const known = values.get(name) ?? [];
  for (const text of texts) known.push(text);
  values.set(name, known);
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
}

function lowerCase(name: string): string {
  return name.toLowerCase();
}
