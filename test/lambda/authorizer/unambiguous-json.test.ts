import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { isUnambiguousJson } from '../../../lambda/authorizer/unambiguous-json.ts';

describe('isUnambiguousJson', () => {
  test.each([
    ['an empty object', '{}'],
    ['the same name in different objects', '{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}],"x":1}'],
    ['a text that looks like a name', '{"a":"b","c":["a","a"],"b":"a:"}'],
    ['brackets and quotes inside a text', '{"a":"{\\"a\\":[","b":"]}"}'],
    ['a backslash at the end of a text', '{"a":"\\\\","b":1}'],
    ['a pair of surrogates', '{"a":"😀","b":"\\ud83d\\ude00"}'],
    ['names of Object.prototype', '{"constructor":1,"toString":1,"prototype":1,"__proto":1}'],
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`],
  ])('takes %s', (_what, text) => {
    expect(isUnambiguousJson(text)).toBe(true);
  });

  test.each([
    ['a name twice', '{"a":1,"a":1}'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a name twice in an inner object', '{"x":[{"a":1,"b":{},"a":2}]}'],
    ['a name twice behind an inner object', '{"a":{"a":{}},"a":2}'],
    ['white space in front of the colon', '{"a" :1,"a"\n\t\r :2}'],
    ['an empty name twice', '{"":1,"":2}'],
    ['__proto__', '{"__proto__":1}'],
    ['__proto__ escaped', '{"x":{"__pr\\u006fto__":1}}'],
    ['half a pair', '{"a":"\\ud83d"}'],
    ['half a pair as a name', '{"\\udc00":1}'],
    ['the halves apart', '["\\ud83d","\\ude00"]'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['33 levels in turn', `${'{"a":['.repeat(17)}${']}'.repeat(17)}`],
  ])('refuses %s', (_what, text) => {
    expect(isUnambiguousJson(text)).toBe(false);
  });

  it('agrees with another reader of JSON about any text', () => {
    const name = fc.constantFrom('a', 'b', '', '__proto__', 'x"y', '\\', 'é', '😀', '\ud83d', '{', ':');
    const spelled = fc
      .tuple(name, fc.boolean())
      .map(([text, escaped]) => (escaped ? escapeAll(text) : JSON.stringify(text)));
    const space = fc.constantFrom('', ' ', '\n', '\t ');
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        spelled,
        fc.constantFrom('1', '-0.5e3', 'null', 'true'),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      object: fc
        .array(fc.tuple(space, spelled, space, tie('any')), { maxLength: 3 })
        .map(
          (members) =>
            `{${members.map(([before, key, after, item]) => `${before}${key}${after}:${item}`).join(',')}}`,
        ),
    })).object as fc.Arbitrary<string>;
    let refused = 0;
    fc.assert(
      fc.property(value, (text) => {
        JSON.parse(text);
        const expected = new Reader(text).isUnambiguous();
        if (!expected) refused += 1;
        expect(isUnambiguousJson(text)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

function escapeAll(text: string): string {
  return `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
}

/** Reads JSON character by character, as a grammar says it, and keeps books on names. */
class Reader {
  readonly #text: string;
  #at = 0;
  #isClean = true;

  constructor(text: string) {
    this.#text = text;
  }

  isUnambiguous(): boolean {
    this.#value(0);
    return this.#isClean;
  }

  #value(depth: number): void {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{' || char === '[') this.#container(char, depth + 1);
    else if (char === '"') this.#string();
    else while (/[^\s,\]}]/.test(this.#text[this.#at] ?? ' ')) this.#at += 1;
    this.#space();
  }

  #container(open: string, depth: number): void {
    if (depth > 32) this.#isClean = false;
    const names: string[] = [];
    this.#at += 1;
    this.#space();
    while (!'}]'.includes(this.#text[this.#at] ?? '')) {
      this.#space();
      if (open === '{') {
        const name = this.#string();
        if (names.includes(name) || name === '__proto__') this.#isClean = false;
        names.push(name);
        this.#space();
        this.#at += 1;
      }
      this.#value(depth);
      if (this.#text[this.#at] === ',') this.#at += 1;
    }
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at += 1;
    const value = JSON.parse(this.#text.slice(start, this.#at)) as string;
    if (/[\ud800-\udfff]/.test(value.replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, '')))
      this.#isClean = false;
    return value;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }
}
