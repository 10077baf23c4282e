import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { hasDotSegment, readPath } from '../../../lambda/routes/read-path.ts';

describe('readPath', () => {
  test.each([
    ['rest', 'a/b', ['a/b']],
    ['rest', 'a%2Fb', ['a%2Fb']],
    ['rest', '%61%2Fb', ['%61%2Fb', 'a%2Fb']],
    ['http', 'a b/ü', ['a b/ü']],
    ['http', 'a%2Fb', ['a%2Fb', 'a/b']],
    ['http', 'a%252Fb', ['a%252Fb', 'a%2Fb']],
    ['http', '%C3%BC%FC%', ['%C3%BC%FC%']],
    ['http', '%C3%BC/%FC', ['%C3%BC/%FC', 'ü/%FC']],
    ['http', '%FF%2Fa', ['%FF%2Fa', '%FF/a']],
  ] as const)('reads on a %s API %s as %j', (api, path, readings) => {
    expect(readPath(api, path)).toEqual(readings.map((reading) => reading.split('/')));
  });
});

/** The spellings of a dot segment. */
const DOTS = [
  '.',
  '..',
  '%2e',
  '%2E%2e',
  '.%2e',
  '%252e',
  '%25252e%25252e',
  '%%32e',
  '%2%65.',
  '..;',
  '..;v=1/x',
  '.%3Bx',
  '.%09.',
  '%00..',
  '..%20',
  '.%0D%0A.',
  '..?x',
  '.%23',
  '..%253Fx',
];

describe('hasDotSegment', () => {
  test.each(DOTS)('finds %s in every place', (dots) => {
    for (const path of [dots, `${dots}/a`, `a/${dots}`, `a/${dots}/b`, `a\\${dots}\\b`, `a%2f${dots}%5Cb`])
      expect([path, hasDotSegment(path)]).toEqual([path, true]);
  });

  test.each([
    'a//b',
    '/a',
    'a/;x',
    'a/;x/b',
    'a\\\\b',
    'a%2F%2fb',
    'a%252f/b',
    '%c0%ae%c0%ae/a',
    'a/%e0%80%ae',
    'a/%f0%80%80%ae%2e',
    '%25c0%25ae',
    'a%c0%af%2e%2e%c1%9cb',
  ])('finds what servers read differently in %j', (path) => {
    expect(hasDotSegment(path)).toBe(true);
  });

  test.each([
    '',
    'a',
    'a/',
    'a/b/',
    '...',
    'a..b',
    '.well-known/x',
    'a.',
    '..a',
    'a;b=..',
    'a%2Fb',
    'a\\b',
    'ü b',
    '100%',
    '%C3%A0',
    '%C0',
    '%C0%C1',
    'a%0Ab\u0000',
    '%ZZ',
    'x.y/..z/%2e%2ea',
    '"[{',
  ])('finds nothing in %j', (path) => {
    expect(hasDotSegment(path)).toBe(false);
  });

  it('finds a dot segment however often its characters are encoded', () => {
    const encoded = (character: string) =>
      fc.nat({ max: 4 }).map((times) => {
        let text = character;
        for (let time = 0; time < times; time += 1)
          text = [...text].map((each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
        return text;
      });
    const segment = fc.tuple(encoded('/'), encoded('.'), encoded('.'), encoded('/'));
    fc.assert(
      fc.property(segment, fc.string(), fc.string(), (parts, before, after) => {
        expect(hasDotSegment(`${before}${parts.join('')}${after}`)).toBe(true);
      }),
    );
  });
});
