import { describe, expect, it, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { OidcOptions } from '../../lib/issuer.ts';
import { Issuer } from '../../lib/issuer.ts';

const IDP = 'https://idp.example.com/';

/** As someone writes them who has no compiler at hand. */
function unchecked<T>(options: unknown): T {
  return options as T;
}

describe('Issuer.oidc', () => {
  it('renders what was said, and leaves the defaults to the functions', () => {
    expect(Issuer.oidc(IDP, { audience: 'orders' }).settings).toEqual({
      kind: 'oidc',
      id: IDP,
      issuers: [IDP],
      audience: ['orders'],
    });
  });

  it('renders every option', () => {
    const issuer = Issuer.oidc(IDP, {
      id: 'idp',
      audience: ['orders', 'billing'],
      jwksUri: 'https://keys.example.com/jwks?version=2',
      algorithms: ['ES256', 'EdDSA'],
      maxTokenLifetime: Duration.hours(1),
      grace: Duration.seconds(5),
    });
    expect(issuer.settings).toEqual({
      kind: 'oidc',
      id: 'idp',
      issuers: [IDP],
      audience: ['orders', 'billing'],
      jwksUri: 'https://keys.example.com/jwks?version=2',
      algorithms: ['ES256', 'EdDSA'],
      maxTokenLifetimeSeconds: 3600,
      graceSeconds: 5,
    });
  });

  it('accepts tokens for any audience only when null is typed', () => {
    expect(Issuer.oidc(IDP, { audience: null }).settings.audience).toBeNull();
  });

  it('keeps the issuer letter by letter', () => {
    const written = 'https://IdP.example.com:443/a/../b';
    expect(Issuer.oidc(written, { audience: 'orders' }).settings.issuers).toEqual([written]);
  });

  test.each([
    ['http', 'http://idp.example.com/', /does not begin with https:\/\//],
    ['upper case', 'HTTPS://idp.example.com/', /does not begin with https:\/\//],
    ['a query', 'https://idp.example.com/?tenant=1', /has a query/],
    ['a fragment', 'https://idp.example.com/#keys', /has a fragment/],
    ['credentials', 'https://me:secret@idp.example.com/', /user name or password/],
    ['white space', 'https://idp.example.com/ ', /not a URL/],
    ['no URL', 'idp.example.com', /not a URL/],
    ['nothing', undefined, /not a string/],
  ])('refuses an issuer with %s', (_what, issuer, message) => {
    const make = () => Issuer.oidc(unchecked(issuer), { audience: 'orders' });
    expect(make).toThrow(message);
    expect(make).toThrow('give the full https address, such as "https://idp.example.com/".');
  });

  test.each([
    ['no audience', {}, 'option "audience" is nothing; give at least one value'],
    ['an empty list of audiences', { audience: [] }, 'option "audience" is []; give at least one value'],
    ['an empty audience', { audience: '' }, 'option "audience" is [""]; give at least one value'],
    ['a number as audience', { audience: 7 }, 'option "audience" is 7; give at least one value'],
    ['a misspelled option', { audience: 'orders', algorithm: ['RS256'] }, 'there is no option "algorithm"'],
    ['a symmetric algorithm', { audience: 'orders', algorithms: ['HS256'] }, 'is symmetric'],
    ['no signature', { audience: 'orders', algorithms: ['none'] }, 'means no signature at all'],
    ['an unknown algorithm', { audience: 'orders', algorithms: ['RS256', 'RS1'] }, 'holds "RS1"'],
    [
      'no algorithm',
      { audience: 'orders', algorithms: [] },
      'option "algorithms" is []; give at least one of: RS256',
    ],
    [
      'a lifetime of zero',
      { audience: 'orders', maxTokenLifetime: Duration.seconds(0) },
      '"maxTokenLifetime" is 0 seconds',
    ],
    [
      'half a second',
      { audience: 'orders', maxTokenLifetime: Duration.millis(1500) },
      '"maxTokenLifetime" is 1.5 seconds',
    ],
    [
      'a lifetime without unit',
      { audience: 'orders', maxTokenLifetime: 3600 },
      '"maxTokenLifetime" is 3600; give a Duration',
    ],
    [
      'a split second of grace',
      { audience: 'orders', grace: Duration.millis(1) },
      '"grace" is 0.001 seconds',
    ],
    [
      'plain http for the keys',
      { audience: 'orders', jwksUri: 'http://idp.example.com/jwks' },
      'option "jwksUri" is "http',
    ],
    ['an empty id', { audience: 'orders', id: '' }, 'option "id" is ""'],
    ['no options', undefined, 'the options are nothing; give an object with: audience, jwksUri, id'],
  ])('refuses %s, and names the issuer', (_what, options, message) => {
    const make = () => Issuer.oidc(IDP, unchecked<OidcOptions>(options));
    expect(make).toThrow(message);
    expect(make).toThrow('Issuer.oidc("https://idp.example.com/")');
  });
});

describe('Issuer.cognitoUserPoolId', () => {
  test.each([
    ['eu-west-1_a1B2c3D4e', 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e'],
    ['us-gov-west-1_a1B2c3D4e', 'https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_a1B2c3D4e'],
    ['cn-north-1_a1B2c3D4e', 'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_a1B2c3D4e'],
  ])('derives the issuer and its keys from %s', (userPoolId, iss) => {
    expect(Issuer.cognitoUserPoolId(userPoolId, { clientIds: ['web'] }).settings).toEqual({
      kind: 'cognito',
      id: iss,
      issuers: [iss],
      jwksUri: `${iss}/.well-known/jwks.json`,
      audience: ['web'],
    });
  });

  it('accepts every client of the pool only when null is typed', () => {
    expect(Issuer.cognitoUserPoolId('eu-west-1_a', { clientIds: null }).settings.audience).toBeNull();
    expect(() => Issuer.cognitoUserPoolId('eu-west-1_a', unchecked({}))).toThrow(
      'option "clientIds" is nothing; give at least one value, none of them empty, or null to accept every client of the pool.',
    );
  });

  test.each(['a1B2c3D4e', 'eu-west-1', 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a', 7])(
    'refuses %j as the id of a pool',
    (userPoolId) => {
      expect(() => Issuer.cognitoUserPoolId(unchecked(userPoolId), { clientIds: null })).toThrow(
        'that is not the id of a user pool; give one such as "eu-west-1_a1B2c3D4e"',
      );
    },
  );
});

describe('Issuer.cognitoUserPool', () => {
  it("uses the pool's own attribute as issuer, and the ids of the clients", () => {
    const stack = new Stack(new App(), 'Orders');
    const pool = new UserPool(stack, 'Pool');
    const { settings } = Issuer.cognitoUserPool(pool, { clients: [pool.addClient('Web')] });

    const iss = { 'Fn::GetAtt': [stack.getLogicalId(defaultChildOf(pool)), 'ProviderURL'] };
    expect(stack.resolve(settings)).toMatchObject({ kind: 'cognito', id: iss, issuers: [iss] });
    expect(stack.resolve(settings.jwksUri)).toEqual({ 'Fn::Join': ['', [iss, '/.well-known/jwks.json']] });
    expect(JSON.stringify(stack.resolve(settings.audience))).toContain('PoolWeb');
  });

  it('derives the issuer of an imported pool', () => {
    const stack = new Stack(new App(), 'Orders', { env: { region: 'eu-west-1', account: '123456789012' } });
    const pool = UserPool.fromUserPoolId(stack, 'Pool', 'eu-west-1_a1B2c3D4e');
    const client = UserPoolClient.fromUserPoolClientId(stack, 'Web', '1example23456789');
    const { settings } = Issuer.cognitoUserPool(pool, { clients: [client] });

    expect(stack.resolve(settings.issuers)).toEqual([
      {
        'Fn::Join': [
          '',
          ['https://cognito-idp.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/eu-west-1_a1B2c3D4e'],
        ],
      },
    ]);
    expect(settings.audience).toEqual(['1example23456789']);
  });

  test.each([
    ['no clients', {}, 'option "clients" is nothing'],
    ['an empty list of clients', { clients: [] }, 'option "clients" is []'],
    ['the ids of clients', { clients: ['1example23456789'] }, 'option "clients" is [null]'],
    ['an audience', { clients: null, audience: 'orders' }, 'there is no option "audience"'],
  ])('refuses %s', (_what, options, message) => {
    const pool = new UserPool(new Stack(new App(), 'Orders'), 'Pool');
    expect(() => Issuer.cognitoUserPool(pool, unchecked(options))).toThrow(message);
  });
});

function defaultChildOf(pool: UserPool) {
  const child = pool.node.defaultChild;
  if (!child) throw new Error('The pool has no resource.');
  return child as Parameters<Stack['getLogicalId']>[0];
}
