import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { extractToken } from '../../../lambda/authorizer/extract-token.ts';
import { parseEvent } from '../../../lambda/authorizer/parse-event.ts';
import type { IdentitySourceSettings } from '../../../lambda/environment.ts';
import { DEFAULT_IDENTITY_SOURCES } from '../../../lambda/environment.ts';
import type { Kind, Sent } from '../../support/an-authorizer-event.ts';
import { anAuthorizerEvent, KINDS } from '../../support/an-authorizer-event.ts';

const WHOLE = KINDS.filter((kind) => kind !== 'rest-token');
const HEADER = { in: 'header', name: 'authorization' } as const;
const OTHER_HEADER = { in: 'header', name: 'x-token' } as const;
const COOKIE = { in: 'cookie', name: '__Host-token' } as const;
const QUERY = { in: 'query', name: 'access_token' } as const;
const PROTOCOL = { in: 'subprotocol', name: 'bearer' } as const;
const EVERYWHERE = [HEADER, OTHER_HEADER, COOKIE, QUERY, PROTOCOL];

const MISSING = { ok: false, denial: { reason: 'token_missing' } };
const MALFORMED = { ok: false, denial: { reason: 'credentials_malformed' } };
const token = (value: string) => ({ ok: true, value });

const extract = (kind: Kind, sent: Sent, sources: readonly IdentitySourceSettings[] = EVERYWHERE) =>
  extractToken(parseEvent(anAuthorizerEvent(kind, sent)), sources);

describe('extractToken', () => {
  describe.each(KINDS)('of a %s request', (kind) => {
    it('takes the bearer token of the Authorization header when told nothing else', () => {
      const sent = { headers: [['AUTHORIZATION', 'Bearer a.b.c']] } as const;

      expect(extract(kind, sent, DEFAULT_IDENTITY_SOURCES)).toEqual(token('a.b.c'));
    });

    it('misses a token where nobody told it to look', () => {
      const sent: Sent = {
        headers: [
          ['Cookie', '__Host-token=a.b.c'],
          ['Sec-WebSocket-Protocol', 'bearer, a.b.c'],
          ['X-Token', 'a.b.c'],
        ],
        query: [['access_token', 'a.b.c']],
      };

      expect(extract(kind, sent, DEFAULT_IDENTITY_SOURCES)).toEqual(MISSING);
    });

    it('misses what is nowhere', () => {
      expect(extract(kind, {})).toEqual(MISSING);
    });
  });

  describe.each(WHOLE)('of a %s request', (kind) => {
    test.each<[string, Sent]>([
      ['another header', { headers: [['x-ToKeN', 'a.b.c']] }],
      ['another header, with the scheme', { headers: [['X-Token', 'bearer a.b.c']] }],
      ['a cookie among others', { headers: [['Cookie', 'a=b; __Host-token=a.b.c; theme=dark=1']] }],
      [
        'one of two cookie headers',
        {
          headers: [
            ['Cookie', 'a=b'],
            ['Cookie', '__Host-token=a.b.c'],
          ],
        },
      ],
      ['the query string', { query: [['access_token', 'a.b.c']] }],
      [
        'a cookie beside somebody else’s credentials',
        {
          headers: [
            ['Authorization', 'Basic dXNlcjpwYXNz'],
            ['Cookie', '__Host-token=a.b.c'],
          ],
        },
      ],
      [
        'a header beside a cookie that was emptied',
        {
          headers: [
            ['X-Token', 'a.b.c'],
            ['Cookie', '__Host-token='],
          ],
        },
      ],
    ])('takes the token from %s', (_where, sent) => {
      expect(extract(kind, sent)).toEqual(token('a.b.c'));
    });

    test.each<[string, Sent]>([
      [
        'two headers',
        {
          headers: [
            ['Authorization', 'Bearer a.b.c'],
            ['X-Token', 'a.b.c'],
          ],
        },
      ],
      [
        'header and cookie',
        {
          headers: [
            ['Authorization', 'Bearer a.b.c'],
            ['Cookie', '__Host-token=a.b.c'],
          ],
        },
      ],
      [
        'header and query string',
        { headers: [['Authorization', 'Bearer a.b.c']], query: [['access_token', 'a.b.c']] },
      ],
      [
        'one header twice, with the same value',
        {
          headers: [
            ['Authorization', 'Bearer a.b.c'],
            ['Authorization', 'Bearer a.b.c'],
          ],
        },
      ],
      [
        'one header twice, spelled differently',
        {
          headers: [
            ['Authorization', 'Bearer a.b.c'],
            ['authorization', 'Bearer a.b.c'],
          ],
        },
      ],
      [
        'one header twice, once with another scheme',
        {
          headers: [
            ['Authorization', 'Basic dXNlcjpwYXNz'],
            ['Authorization', 'Bearer a.b.c'],
          ],
        },
      ],
      ['one cookie twice', { headers: [['Cookie', '__Host-token=a.b.c; __Host-token=d.e.f']] }],
      [
        'one cookie twice, in two headers',
        {
          headers: [
            ['Cookie', '__Host-token=a.b.c'],
            ['Cookie', '__Host-token=a.b.c'],
          ],
        },
      ],
      [
        'one query parameter twice',
        {
          query: [
            ['access_token', 'a.b.c'],
            ['access_token', 'd.e.f'],
          ],
        },
      ],
      [
        'one query parameter twice, once empty',
        {
          query: [
            ['access_token', ''],
            ['access_token', 'a.b.c'],
          ],
        },
      ],
      [
        'a good place and a malformed one',
        {
          headers: [
            ['Authorization', 'Bearer a b'],
            ['X-Token', 'a.b.c'],
          ],
        },
      ],
      ['two values joined by a comma', { query: [['access_token', 'a.b.c,d.e.f']] }],
      ['a cookie in quotes', { headers: [['Cookie', '__Host-token="a.b.c"']] }],
      ['a cookie inside the quotes of another', { headers: [['Cookie', 'x="; __Host-token=evil"; y=1']] }],
    ])('refuses a token by %s', (_what, sent) => {
      expect(extract(kind, sent)).toEqual(MALFORMED);
    });

    it('takes names of cookies and query parameters as they are spelled', () => {
      const sent: Sent = { headers: [['Cookie', '__host-TOKEN=a.b.c']], query: [['Access_Token', 'a.b.c']] };

      expect(extract(kind, sent)).toEqual(MISSING);
    });
  });

  describe('of a WebSocket handshake', () => {
    const offer = (...values: string[]) =>
      extract('websocket', { headers: values.map((value) => ['Sec-WebSocket-Protocol', value] as const) });

    test.each([
      [['bearer, a.b.c']],
      [['bearer,a.b.c']],
      [['graphql-ws, bearer, a.b.c']],
      [['bearer, a.b.c, graphql-ws']],
      [['bearer', 'a.b.c']],
    ])('takes the token behind the name in %j', (values) => {
      expect(offer(...values)).toEqual(token('a.b.c'));
    });

    test.each([
      [['graphql-ws'], MISSING],
      [['a.b.c, Bearer'], MISSING],
      [['bearer'], MALFORMED],
      [['graphql-ws, bearer'], MALFORMED],
      [['bearer, a.b.c, bearer, d.e.f'], MALFORMED],
      [['bearer, a"b'], MALFORMED],
    ])('refuses %j', (values, denial) => {
      expect(offer(...values)).toEqual(denial);
    });

    it('refuses a token as a subprotocol and another one in a header', () => {
      const sent: Sent = {
        headers: [
          ['Authorization', 'Bearer a.b.c'],
          ['Sec-WebSocket-Protocol', 'bearer, d.e.f'],
        ],
      };

      expect(extract('websocket', sent)).toEqual(MALFORMED);
    });
  });

  test.each(['rest-request', 'http-1.0', 'http-2.0'] as const)(
    'takes no subprotocol from a %s request, which opens no WebSocket',
    (kind) => {
      expect(extract(kind, { headers: [['Sec-WebSocket-Protocol', 'bearer, a.b.c']] })).toEqual(MISSING);
    },
  );

  it('takes the value of a TOKEN event for that of the one header that is configured', () => {
    const event = parseEvent({ ...anAuthorizerEvent('rest-token'), authorizationToken: 'a.b.c' });

    expect(extractToken(event, [OTHER_HEADER])).toEqual(token('a.b.c'));
    expect(extractToken(event, [HEADER])).toEqual(MISSING);
    expect(extractToken(event, [COOKIE, QUERY])).toEqual(MISSING);
  });

  it('takes a token that stands in exactly one place, and never one of two', () => {
    const PLACES: Readonly<Record<string, (text: string) => Sent>> = {
      Authorization: (text) => ({ headers: [['Authorization', `Bearer ${text}`]] }),
      authorization: (text) => ({ headers: [['authorization', `bearer ${text}`]] }),
      header: (text) => ({ headers: [['X-Token', text]] }),
      cookie: (text) => ({ headers: [['Cookie', `a=b; __Host-token=${text}`]] }),
      query: (text) => ({ query: [['access_token', text]] }),
    };
    const NOWHERE: Readonly<Record<string, (text: string) => Sent>> = {
      'another header': (text) => ({ headers: [['X-Other', text]] }),
      'another cookie': (text) => ({ headers: [['Cookie', `other=${text}`]] }),
      'another parameter': (text) => ({ query: [['q', text]] }),
      'an empty cookie': () => ({ headers: [['Cookie', 'a=; b']] }),
    };
    const part = fc.constantFrom(...Object.keys(PLACES), ...Object.keys(NOWHERE));
    fc.assert(
      fc.property(fc.constantFrom(...WHOLE), fc.array(part, { maxLength: 4 }), (kind, parts) => {
        const sent = parts.map((name, index) => ({ ...PLACES, ...NOWHERE })[name]?.(`t${index}`) ?? {});
        const result = extract(kind, {
          headers: sent.flatMap(({ headers = [] }) => headers),
          query: sent.flatMap(({ query = [] }) => query),
        });
        const [index, second] = parts.flatMap((name, at) => (name in PLACES ? [at] : []));
        if (second !== undefined) expect(result).toEqual(MALFORMED);
        else expect(result).toEqual(index === undefined ? MISSING : token(`t${index}`));
      }),
      { numRuns: 2000 },
    );
  });
});
