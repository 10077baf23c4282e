import { describe, expect, it, test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { CognitoUserPoolIdOptions } from '../../lib/issuer.ts';
import { Issuer } from '../../lib/issuer.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer } from './an-authorizer.ts';

function warningsOf(props: Partial<RevocableAuthorizerProps>): string[] {
  const { stack } = anAuthorizer(props);
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('revocable-authorizer:(claim|signIn)'))
    .map(({ entry }) => String(entry.data));
}

function aPool(options: Partial<CognitoUserPoolIdOptions> = {}) {
  return Issuer.cognitoUserPoolId('eu-west-1_a1B2c3D4e', { clientIds: null, id: 'pool', ...options });
}

const idTokens = aPool({ tokenUse: 'id' });

describe('claims that people write themselves', () => {
  test.each<[string, Partial<RevocableAuthorizerProps>]>([
    ['a rule', { routes: { 'GET /a': { claims: { email: { equals: 'a@example.com' } } } } }],
    ['pathClaims', { routes: { 'GET /a/{mail}': { pathClaims: { mail: 'email' } } } }],
    ['groups', { groupsClaim: 'custom:team', routes: { 'GET /a': { groups: ['admins'] } } }],
    ['groups', { groupsClaim: 'custom:team', routes: { 'GET /a': { anyGroup: ['admins'] } } }],
    ['revocableClaims', { issuers: [aPool({ tokenUse: 'any', revocableClaims: ['custom:tenant'] })] }],
  ])("are warned of in Cognito's id tokens: %s", (_what, props) => {
    expect(warningsOf({ issuers: [idTokens], ...props })).toContainEqual(
      expect.stringMatching(
        /goes by the claim "(email|custom:\w+)", which people can change in Cognito's id tokens, by their own access tokens; .* \[ack: revocable-authorizer:claimOfUser\]$/,
      ),
    );
  });

  it('are no matter where nobody can write them', () => {
    const routes = {
      'GET /a': { claims: { 'cognito:username': { equals: 'a' }, email_verified: { equals: true } } },
      'GET /b/{sub}': { pathClaims: { sub: 'sub' } },
    };
    expect(warningsOf({ issuers: [idTokens], routes })).toEqual([]);
  });

  it('are no matter at other issuers, nor in a rule for the tokens of another issuer', () => {
    const routes = { 'GET /a': { claims: { email: { equals: 'a@example.com' } } } };
    expect(warningsOf({ issuers: [anIssuer()], routes })).toEqual([]);
    const routesIssuers = ['https://idp.example.com/'];
    expect(warningsOf({ issuers: [anIssuer(), idTokens], routes, routesIssuers })).toEqual([]);
    expect(warningsOf({ issuers: [anIssuer(), idTokens], routes, routesIssuers: ['pool'] })).toHaveLength(1);
  });

  it('are no matter where they decide nothing', () => {
    expect(warningsOf({ issuers: [idTokens], context: { email: 'email' } })).toEqual([]);
  });
});

describe("claims that Cognito's access tokens do not have", () => {
  test.each<[string, Partial<RevocableAuthorizerProps>]>([
    ['context', { context: { mail: 'email' } }],
    ['usageIdentifierKeyClaim', { usageIdentifierKeyClaim: 'custom:plan' }],
    ['groupsClaim', { groupsClaim: 'groups', routes: { 'GET /a': { groups: ['admins'] } } }],
    ['a rule', { routes: { 'GET /a': { claims: { 'custom:tenant': { equals: 'acme' } } } } }],
    ['requiredClaims', { issuers: [aPool({ requiredClaims: ['email'] })] }],
    ['revocableClaims', { issuers: [aPool({ revocableClaims: ['custom:tenant'] })] }],
  ])('are warned of: %s', (_what, props) => {
    expect(warningsOf({ issuers: [aPool()], ...props })).toEqual([
      expect.stringMatching(
        /which is in no access token of Cognito, so those are all refused; .* \[ack: revocable-authorizer:claimAbsent\]$/,
      ),
    ]);
  });

  it('are no matter where a token may lack them', () => {
    const context = { mail: { claim: 'email', required: false } };
    expect(warningsOf({ issuers: [aPool()], context })).toEqual([]);
  });

  it('are no matter where they have a name of the owner, which a trigger may write', () => {
    expect(warningsOf({ issuers: [aPool({ revocableClaims: ['tenant'] })] })).toEqual([]);
  });
});

describe('how the user signed in', () => {
  test.each<[string, RevocableAuthorizerProps['routes']]>([
    ['amr', { 'GET /a': { amr: ['mfa'] } }],
    ['acr', { 'GET /a': { acr: ['gold'] } }],
    ['amr', { 'GET /a': { claims: { amr: { contains: 'mfa' } } } }],
  ])('is in no token of Cognito: %s', (claim, routes) => {
    expect(warningsOf({ issuers: [aPool()], routes })).toEqual([
      `RevocableAuthorizer "Authorizer": option "routes": "GET /a" goes by the claim "${claim}", which Cognito writes into no token, so nobody may call the route; ask for maxAuthAge, or for a group that only such users are in. [ack: revocable-authorizer:signInOfCognito]`,
    ]);
  });

  it('is no matter where another issuer may tell', () => {
    const routes = { 'GET /a': { amr: ['mfa'] } };
    const issuers = [aPool(), anIssuer()];
    expect(warningsOf({ issuers, routes, routesIssuers: ['pool', 'https://idp.example.com/'] })).toEqual([]);
    expect(warningsOf({ issuers, routes, routesIssuers: ['pool'] })).toHaveLength(1);
    expect(
      warningsOf({ issuers: [aPool()], routes: { 'GET /a': { maxAuthAge: undefined, scopes: ['a/b'] } } }),
    ).toEqual([]);
  });
});
