import { describe, expect, it, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Issuer } from '../../lib/issuer.ts';
import { renderIssuers } from '../../lib/render-issuers.ts';

function render(...issuers: readonly unknown[]): string {
  return renderIssuers(new Stack(new App(), 'Orders'), issuers as readonly Issuer[]);
}

function idp(
  name: string,
  options: { readonly id?: string; readonly audience?: string[]; readonly aliases?: string[] } = {},
): Issuer {
  return Issuer.oidc(`https://${name}.example.com/`, { audience: 'orders', ...options });
}

describe('renderIssuers', () => {
  it('renders the settings of each issuer, in order, as JSON', () => {
    const issuers = [idp('b'), idp('a', { id: 'first' })];
    expect(JSON.parse(render(...issuers))).toEqual(issuers.map((issuer) => issuer.settings));
  });

  test.each([
    ['an empty list', [], 'Option "issuers" is []; give at least one of: Issuer.cognitoUserPool(...)'],
    ['a URL', ['https://idp.example.com/'], 'Option "issuers" holds "https://idp.example.com/"; give'],
    [
      'one issuer twice',
      [idp('a'), idp('a', { id: 'b' })],
      'trusts the issuer "https://a.example.com/" twice',
    ],
    ['one id twice', [idp('a', { id: 'idp' }), idp('b', { id: 'idp' })], 'names two issuers "idp"; give'],
    [
      "an id that is another's default id",
      [idp('a'), idp('b', { id: 'https://a.example.com/' })],
      'names two issuers "https://a.example.com/"; give',
    ],
    [
      "an id that is another's iss",
      [idp('a', { id: 'a' }), idp('b', { id: 'https://a.example.com/' })],
      'names two issuers "https://a.example.com/"; give',
    ],
    [
      "an id that is another's alias",
      [idp('a', { aliases: ['https://old.example.com/'] }), idp('b', { id: 'https://old.example.com/' })],
      'names two issuers "https://old.example.com/"; give',
    ],
  ])('refuses %s', (_what, issuers, message) => {
    expect(() => render(...issuers)).toThrow(message);
  });

  it('takes an issuer that keeps an iss of its own as its id', () => {
    const moved = idp('a', { id: 'https://old.example.com/', aliases: ['https://old.example.com/'] });
    expect(() => render(moved, idp('b'))).not.toThrow();
  });

  it('refuses the same pool twice, although its issuer is known only at deployment', () => {
    const pool = new UserPool(new Stack(new App(), 'Orders'), 'Pool');
    const issuers = ['a', 'b'].map((id) => Issuer.cognitoUserPool(pool, { id, clients: null }));
    expect(() => render(...issuers)).toThrow('twice; put its audiences or clients into one entry.');
  });

  it('refuses an alias that is another issuer', () => {
    const aliased = Issuer.oidc('https://b.example.com/', {
      audience: 'orders',
      aliases: ['https://a.example.com/'],
    });
    expect(() => render(idp('a'), aliased)).toThrow('trusts the issuer "https://a.example.com/" twice');
  });

  it('refuses more keys than Lambda takes as environment, and says what to do', () => {
    const keys = Array.from({ length: 12 }, (_, index) => ({
      kty: 'RSA',
      kid: `k${index}`,
      e: 'AQAB',
      n: 'x'.repeat(342),
    }));
    const issuer = Issuer.oidc('https://a.example.com/', { audience: 'orders', jwks: { keys } });
    expect(() => render(issuer)).toThrow(/at most 3584 fit; bake in fewer keys \("jwks"\)/);
  });

  it('refuses more than Lambda takes as environment, and says how much it is', () => {
    const audience = Array.from({ length: 100 }, (_, index) => `https://api-${index}.example.com/orders`);
    expect(() => render(idp('a', { audience }))).toThrow(
      /^The 1 issuers take \d{4} bytes .* at most 3584 fit/,
    );
  });
});
