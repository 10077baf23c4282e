import { describe, expect, it, test } from '@jest/globals';
import { covers, someMeeting } from '../../../lambda/routes/glob.ts';
import { isAllowedByIam } from '../../corpus/read-rules.ts';

describe('covers', () => {
  test.each([
    ['GET/orders/?*', 'GET/orders/1', true],
    ['GET/orders/?*', 'GET/orders/1/2', true],
    ['GET/orders/?*', 'GET/orders/', false],
    ['GET/orders/*', 'GET/orders/', true],
    ['GET/orders/?*', 'GET/orders', false],
    ['GET/orders/?*', 'GET/orders//', true],
    ['?*/orders', 'GET/users/orders', true],
    ['*/orders', 'TRACE/orders', true],
    ['GET/?*/items', 'GET/a/b/items', true],
    ['GET/?*/items', 'GET/items', false],
  ])('says of %s and %s what IAM does: %s', (glob, resource, expected) => {
    expect(covers(glob.split('/'), resource.split('/'))).toBe(expected);
    expect(isAllowedByIam({ allow: [glob], deny: [] }, resource)).toBe(expected);
  });
});

describe('someMeeting', () => {
  const meetingsOf = (glob: string, path: string) => {
    const found: string[] = [];
    someMeeting(glob.split('/'), 'GET', path.split('/'), 5, (request) => {
      found.push(request.join('/').replaceAll('\u0000', '~'));
      return false;
    });
    return [...new Set(found)];
  };

  it('finds where a glob and a route have requests in common', () => {
    expect(meetingsOf('GET/orders/?*', 'orders/{id}')).toEqual(['GET/orders/~']);
    expect(meetingsOf('GET/?*/items', 'orders/{id}')).toEqual(['GET/orders/items']);
    expect(meetingsOf('GET/orders/?*', 'users/{id}')).toEqual([]);
    expect(meetingsOf('GET/orders', 'orders/{id}')).toEqual([]);
  });

  it('follows a greedy variable, empty segments included', () => {
    expect(meetingsOf('GET/a/?*', 'a/{proxy+}')).toEqual(
      expect.arrayContaining(['GET/a/~', 'GET/a/~/~', 'GET/a//~']),
    );
  });

  it('stops at the first one that is wanted', () => {
    let asked = 0;
    expect(someMeeting(['GET', '?*'], 'GET', ['{proxy+}'], 5, () => ++asked === 1)).toBe(true);
    expect(asked).toBe(1);
  });
});
