import { describe, expect, test } from '@jest/globals';
import { readRequestValues } from '../../../lambda/authorizer/read-request-values.ts';
import { growth } from '../../support/growth.ts';

const cookiesOf = (event: object) => readRequestValues(event).cookies;

/** `token=0; token=1; ...`, each of the values another one. */
const crumbs = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `token=${from + index}`).join('; ');

describe('readRequestValues', () => {
  test.each<[string, (size: number) => object]>([
    ['one cookie many times', (size) => ({ headers: { cookie: crumbs(size) } })],
    [
      'one cookie many times, told twice',
      (size) => ({ headers: { cookie: crumbs(size) }, cookies: [crumbs(size, size)] }),
    ],
    ['many cookies', (size) => ({ cookies: [crumbs(size).replaceAll(/token=(\d+)/g, 'token$1=x')] })],
    ['a cookie of many spaces', (size) => ({ headers: { cookie: `a=b${' '.repeat(10 * size)}c; d=e` } })],
    ['a header many times', (size) => ({ multiValueHeaders: { 'x-token': crumbs(size).split('; ') } })],
  ])('reads %s in a time that grows with their number', (_what, eventOf) => {
    const read = (size: number) => {
      const event = eventOf(size);
      return () => readRequestValues(event);
    };

    expect(growth(read, 3000)).toBeLessThan(40);
  });

  test.each(['\u00a0', '\u2000', '\u3000', '\ufeff', '\u0085', '\u000b', '\n'])(
    'takes %j before or behind a cookie for a part of it: only spaces and tabs stand around one',
    (space) => {
      const cookies = cookiesOf({
        headers: { cookie: `a=b;${space}__Host-token=evil;\t __Host-token \t= good\t ` },
      });

      expect(cookies.get('__Host-token')).toEqual(['good']);
      expect(cookiesOf({ cookies: [`t=x${space}`] }).get('t')).toEqual([`x${space}`]);
    },
  );

  test('keeps every value of a cookie, in its order', () => {
    expect(cookiesOf({ headers: { cookie: 'a=1; b=2; a=1' }, cookies: ['a=3'] })).toEqual(
      new Map([
        ['a', ['1', '1', '3']],
        ['b', ['2']],
      ]),
    );
  });
});
