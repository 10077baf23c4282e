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
      aliases: ['https://old-idp.example.com'],
      accessTokenType: 'required',
      tokenUse: 'any',
      requiredClaims: ['tenant'],
      maxTokenChars: 2048,
      jwks: { keys: [{ kty: 'EC', kid: 'k', crv: 'P-256', x: 'AA', y: 'AA', x5c: ['AAAA'], iat: 1 }] },
      allowPrivateNetwork: ['keys.internal', '10.1.2.3', 'fd00::1'],
    });
    expect(issuer.settings).toEqual({
      kind: 'oidc',
      id: 'idp',
      issuers: [IDP, 'https://old-idp.example.com'],
      audience: ['orders', 'billing'],
      jwksUri: 'https://keys.example.com/jwks?version=2',
      algorithms: ['ES256', 'EdDSA'],
      maxTokenLifetimeSeconds: 3600,
      graceSeconds: 5,
      accessTokenType: 'required',
      tokenUse: 'any',
      requiredClaims: ['tenant'],
      maxTokenChars: 2048,
      jwks: { keys: [{ kty: 'EC', kid: 'k', crv: 'P-256', x: 'AA', y: 'AA' }] },
      allowPrivateNetwork: ['keys.internal', '10.1.2.3', 'fd00::1'],
    });
  });

  it('does not spend the environment on what is the default anyway', () => {
    const options = {
      audience: 'orders',
      accessTokenType: 'optional',
      tokenUse: 'access',
      maxTokenChars: 8192,
    } as const;
    expect(Issuer.oidc(IDP, options).settings).toEqual(Issuer.oidc(IDP, { audience: 'orders' }).settings);
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
    [
      'no aliases',
      { audience: 'orders', aliases: [] },
      'option "aliases" is []; give at least one further "iss"',
    ],
    ['an alias over http', { audience: 'orders', aliases: ['http://old.example.com'] }, 'an alias is "http'],
    ['a text of aliases', { audience: 'orders', aliases: IDP }, 'option "aliases" is "https'],
    [
      'an unknown token type',
      { audience: 'orders', accessTokenType: 'at+jwt' },
      'give "optional" or "required".',
    ],
    [
      'an unknown token use',
      { audience: 'orders', tokenUse: 'refresh' },
      'option "tokenUse" is "refresh"; give "access" or "id" or "any".',
    ],
    [
      'id tokens with the type of access tokens',
      { audience: 'orders', tokenUse: 'id', accessTokenType: 'required' },
      'option "tokenUse" is "id" with "accessTokenType": "required", but no id token has the typ of an access token; leave one of the two out.',
    ],
    [
      'no required claims',
      { audience: 'orders', requiredClaims: [] },
      'option "requiredClaims" is []; give the name',
    ],
    [
      'an empty required claim',
      { audience: 'orders', requiredClaims: [''] },
      'option "requiredClaims" is [""]',
    ],
    [
      'too long tokens',
      { audience: 'orders', maxTokenChars: 8193 },
      'is 8193; give a whole number from 1 to 8192.',
    ],
    [
      'tokens of half a character',
      { audience: 'orders', maxTokenChars: 0.5 },
      'option "maxTokenChars" is 0.5',
    ],
    [
      'keys that are no set',
      { audience: 'orders', jwks: [] },
      'option "jwks" holds no keys; give what the issuer',
    ],
    ['no keys', { audience: 'orders', jwks: { keys: [] } }, 'option "jwks" holds no keys'],
    ['a key that is none', { audience: 'orders', jwks: { keys: ['k'] } }, 'key 1, is "k"; give an object'],
    [
      'a key without a name',
      { audience: 'orders', jwks: { keys: [{ kty: 'RSA', kid: 'k' }, { kty: 'RSA' }] } },
      'option "jwks", key 2, has nothing as "kid"',
    ],
    [
      'a private key',
      { audience: 'orders', jwks: { keys: [{ kty: 'EC', kid: 'k', d: 'AA' }] } },
      'has the member "d", so it can sign tokens; give the public key only',
    ],
    [
      'a symmetric key',
      { audience: 'orders', jwks: { keys: [{ kty: 'oct', kid: 'k', k: 'AA' }] } },
      'has the member "k", so it can sign tokens',
    ],
    [
      'a URL as private host',
      { audience: 'orders', allowPrivateNetwork: ['https://keys.internal'] },
      'give at least one host name in lower case, without scheme and port',
    ],
    [
      'a host with its port',
      { audience: 'orders', allowPrivateNetwork: ['keys.internal:8443'] },
      'is ["keys.internal:8443"]',
    ],
    [
      'a host in capitals',
      { audience: 'orders', allowPrivateNetwork: ['Keys.internal'] },
      'is ["Keys.internal"]',
    ],
    ['every host', { audience: 'orders', allowPrivateNetwork: true }, 'option "allowPrivateNetwork" is true'],
    ['an empty id', { audience: 'orders', id: '' }, 'option "id" is ""'],
    [
      'a resource, which only Cognito has',
      { audience: 'orders', resource: 'orders' },
      'no option "resource"',
    ],
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

  it.each([
    ['a text', 'https://api.example.com', ['https://api.example.com']],
    ['a list', ['https://api.example.com', 'orders'], ['https://api.example.com', 'orders']],
  ])('takes the names of this API as %s', (_what, resource, rendered) => {
    const { settings } = Issuer.cognitoUserPoolId('eu-west-1_a', { clientIds: null, resource });
    expect(settings.resource).toEqual(rendered);
  });

  it.each([[[]], [''], [['orders', '']], [7], [null]])('refuses %j as the names of this API', (resource) => {
    expect(() => Issuer.cognitoUserPoolId('eu-west-1_a', unchecked({ clientIds: null, resource }))).toThrow(
      `Issuer.cognitoUserPoolId("eu-west-1_a"): option "resource" is ${JSON.stringify(resource)}; give what clients ask for to get a token for this API, such as "https://api.example.com" or a list of at least one, none of them empty, or leave it out.`,
    );
  });

  it('takes the updated issuer of a pool, beside the original one and under its id', () => {
    const { settings } = Issuer.cognitoUserPoolId('eu-west-1_a1B2c3D4e', {
      clientIds: ['web'],
      issuerType: 'updated',
      aliases: ['https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_a1B2c3D4e'],
      tokenUse: 'any',
    });
    const original = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e';
    const updated = 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e';
    expect(settings).toEqual({
      kind: 'cognito',
      id: original,
      issuers: [updated, original, 'https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_a1B2c3D4e'],
      jwksUri: `${updated}/.well-known/jwks.json`,
      audience: ['web'],
      tokenUse: 'any',
    });
  });

  test.each([
    [
      'a token use that there is not',
      { tokenUse: 'refresh' },
      'option "tokenUse" is "refresh"; give "access" or "id" or "any".',
    ],
    [
      'an issuer type that there is not',
      { issuerType: 'UPDATED' },
      'option "issuerType" is "UPDATED"; give "original" or "updated".',
    ],
  ])('refuses %s', (_what, options, message) => {
    const make = () => Issuer.cognitoUserPoolId('eu-west-1_a', unchecked({ clientIds: null, ...options }));
    expect(make).toThrow(message);
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

  it('derives the updated issuer from the region of the pool', () => {
    const stack = new Stack(new App(), 'Orders', { env: { region: 'eu-west-1', account: '123456789012' } });
    const pool = UserPool.fromUserPoolId(stack, 'Pool', 'eu-west-1_a1B2c3D4e');
    const { settings } = Issuer.cognitoUserPool(pool, { clients: null, issuerType: 'updated' });

    expect(stack.resolve(settings.issuers)[0]).toEqual({
      'Fn::Join': [
        '',
        ['https://issuer-cognito-idp.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/eu-west-1_a1B2c3D4e'],
      ],
    });
    expect(settings.id).toBe(settings.issuers[1]);
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
    ['the ids of clients', { clients: ['1example23456789'] }, 'option "clients" holds "1example23456789"'],
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
