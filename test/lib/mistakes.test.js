// Deliberate mistakes of owners, without types: each gets one sentence that says what is wrong, what was received, what is
// allowed, and what to do.
import { expect, test } from '@jest/globals';
import { App, Duration, Stack, Stage } from 'aws-cdk-lib';
import { ApiKeySourceType, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AuthorizerStack } from '../../lib/authorizer-stack.ts';
import { defineConfig } from '../../lib/define-config.ts';
import { IdentitySource } from '../../lib/identity-source.ts';
import { Issuer } from '../../lib/issuer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { TokenEndpoints } from '../../lib/token-endpoints.ts';
import { anAuthorizer, anIssuer } from './an-authorizer.ts';

const IDP = 'https://idp.example.com/';
const POOL = 'eu-west-1_a1B2c3D4e';
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer';
const HERE = { account: '123456789012', region: 'eu-west-1' };

const oidc = (options) => () => Issuer.oidc(IDP, options);
const issuer = (url, options) => () => Issuer.oidc(url, { audience: 'orders', ...options });
const pool = (options) => () => Issuer.cognitoUserPoolId(POOL, options);
const construct = (props) => () => anAuthorizer(props);
const rule = (access) => construct({ routes: { 'GET /orders': access } });

function restApi({
  props = {},
  api = {},
  routes = ['GET /orders'],
  given = (made) => made.forRestApi(),
} = {}) {
  return () => {
    const { app, stack, authorizer } = anAuthorizer(props);
    const rest = new RestApi(stack, 'Api', { cloudWatchRole: false, ...api });
    for (const route of routes) {
      const [verb, path] = route.split(' ');
      rest.root.resourceForPath(path).addMethod(verb, undefined, { authorizer: given(authorizer) });
    }
    app.synth();
  };
}

function httpApi({ props = {}, given = (made) => made.forHttpApi() } = {}) {
  return () => {
    const { stack, authorizer } = anAuthorizer(props);
    new HttpApi(stack, 'Api').addRoutes({
      path: '/orders',
      integration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
      authorizer: given(authorizer),
    });
  };
}

function apiElsewhere(env, ofAuthorizer = HERE) {
  return () => {
    const { app, authorizer } = anAuthorizer({}, ofAuthorizer);
    const rest = new RestApi(new Stack(app, 'Reports', { env, crossRegionReferences: true }), 'Api', {
      cloudWatchRole: false,
    });
    rest.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
  };
}

function apiOfAnotherKindElsewhere(kind) {
  return () => {
    const { app, authorizer } = anAuthorizer({}, HERE);
    const stack = new Stack(app, 'Reports', { env: { ...HERE, region: 'us-east-1' } });
    if (kind === 'http') {
      new HttpApi(stack, 'Api').addRoutes({
        path: '/orders',
        integration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
        authorizer: authorizer.forHttpApi(),
      });
    } else {
      const integration = new WebSocketMockIntegration('Connect');
      new WebSocketApi(stack, 'Api', {
        connectRouteOptions: { integration, returnResponse: true, authorizer: authorizer.forWebSocketApi() },
      });
    }
  };
}

function apiOfAnotherStage() {
  const { app, authorizer } = anAuthorizer();
  const rest = new RestApi(new Stack(new Stage(app, 'Test'), 'Reports'), 'Api', { cloudWatchRole: false });
  rest.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApiRequest() });
}

function importedInto(env) {
  return () => {
    const stack = new Stack(new App(), 'Reports', { env });
    const imported = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', { authorizerFunctionArn: ARN });
    const rest = new RestApi(stack, 'Api', { cloudWatchRole: false });
    rest.root.addMethod('GET', undefined, { authorizer: imported.forRestApi() });
  };
}

const cached = { resultsCacheTtl: Duration.minutes(5), routes: { 'GET /orders': 'any' } };

const MISTAKES = [
  [
    'no issuers',
    construct({ issuers: [] }),
    'Option "issuers" is []; give at least one of: Issuer.cognitoUserPool(...), Issuer.cognitoUserPoolId(...), Issuer.oidc(...).',
  ],
  [
    'a URL for an issuer',
    construct({ issuers: [IDP] }),
    'Option "issuers" holds "https://idp.example.com/"; give at least one of: Issuer.cognitoUserPool(...), Issuer.cognitoUserPoolId(...), Issuer.oidc(...).',
  ],
  [
    'one issuer twice',
    construct({ issuers: [anIssuer(), anIssuer()] }),
    'Option "issuers" trusts the issuer "https://idp.example.com/" twice; put its audiences or clients into one entry.',
  ],
  [
    'no audience',
    oidc({}),
    'Issuer.oidc("https://idp.example.com/"): option "audience" is nothing; give at least one value, none of them empty, or null to accept tokens for any audience.',
  ],
  [
    'an empty list of audiences',
    oidc({ audience: [] }),
    'Issuer.oidc("https://idp.example.com/"): option "audience" is []; give at least one value, none of them empty, or null to accept tokens for any audience.',
  ],
  [
    'an audience of the wrong type',
    oidc({ audience: 7 }),
    'Issuer.oidc("https://idp.example.com/"): option "audience" is 7; give at least one value, none of them empty, or null to accept tokens for any audience.',
  ],
  [
    'an unknown option of an issuer',
    oidc({ audience: 'orders', jwksURI: IDP }),
    expect.stringMatching(
      /^Issuer\.oidc\("https:\/\/idp\.example\.com\/"\): there is no option "jwksURI"; give one of: audience, .*, .*\.$/,
    ),
  ],
  [
    'an unknown option of the construct',
    construct({ issuer: anIssuer() }),
    expect.stringMatching(
      /^RevocableAuthorizer "Authorizer": there is no option "issuer"; give one of: issuers, .*, .*\.$/,
    ),
  ],
  [
    'an unknown option of the configuration',
    () => defineConfig({ issuers: [anIssuer()], route: {} }),
    expect.stringMatching(
      /^defineConfig\(\.\.\.\): there is no option "route"; give one of: demo, .*, .*\.$/,
    ),
  ],
  [
    'an issuer with a path too many',
    issuer('https://idp.example.com/.well-known/openid-configuration'),
    'Issuer.oidc("https://idp.example.com/.well-known/openid-configuration"): the issuer is "https://idp.example.com/.well-known/openid-configuration", which is the address of an endpoint of the issuer; give the "iss" of the tokens, probably "https://idp.example.com", with or without a slash at the end.',
  ],
  [
    'an issuer over http',
    issuer('http://idp.example.com/'),
    'Issuer.oidc("http://idp.example.com/"): the issuer is "http://idp.example.com/", which does not begin with https:// (anyone on the way could swap the keys); give the full https address, such as "https://idp.example.com/".',
  ],
  [
    'a user pool by its URL',
    issuer(`https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`),
    'Issuer.oidc("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e"): the issuer is "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e", which is a Cognito user pool, whose tokens are checked in another way (client_id, token_use); give Issuer.cognitoUserPool(pool, { clients }) or Issuer.cognitoUserPoolId("eu-west-1_a1B2c3D4e", { clientIds }).',
  ],
  [
    'Auth0 without its slash',
    issuer('https://tenant.eu.auth0.com'),
    'Issuer.oidc("https://tenant.eu.auth0.com"): the issuer is "https://tenant.eu.auth0.com", which is in none of its tokens; give the exact "iss": Auth0 writes it with a slash at the end and nothing behind, such as "https://tenant.eu.auth0.com/".',
  ],
  [
    'every tenant of Entra ID',
    issuer('https://login.microsoftonline.com/common/v2.0'),
    'Issuer.oidc("https://login.microsoftonline.com/common/v2.0"): the issuer is "https://login.microsoftonline.com/common/v2.0", which is in none of its tokens; give the exact "iss": Entra ID writes the id of one tenant, such as "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", or in tokens of version 1 "https://sts.windows.net/11111111-2222-3333-4444-555555555555/".',
  ],
  [
    'a tenant that nobody filled in',
    issuer('https://login.microsoftonline.com/{tenantid}/v2.0'),
    'Issuer.oidc("https://login.microsoftonline.com/{tenantid}/v2.0"): the issuer is "https://login.microsoftonline.com/{tenantid}/v2.0", which is in none of its tokens; give the exact "iss": Entra ID writes the id of one tenant, such as "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", or in tokens of version 1 "https://sts.windows.net/11111111-2222-3333-4444-555555555555/".',
  ],
  [
    'a private address',
    issuer('https://10.1.2.3/'),
    'Issuer.oidc("https://10.1.2.3/"): the issuer is "https://10.1.2.3/", which is a private address, so the functions would not fetch the keys; give a public host, or allow this one by allowPrivateNetwork: ["10.1.2.3"] and give the functions a way there.',
  ],
  [
    'the ARN of a user pool for its id',
    () => Issuer.cognitoUserPoolId('arn:aws:cognito-idp:eu-west-1:1:userpool/x', { clientIds: null }),
    'Issuer.cognitoUserPoolId("arn:aws:cognito-idp:eu-west-1:1:userpool/x"): that is not the id of a user pool; give one such as "eu-west-1_a1B2c3D4e", as the Cognito console shows it.',
  ],
  [
    'no clients of a user pool',
    pool({}),
    'Issuer.cognitoUserPoolId("eu-west-1_a1B2c3D4e"): option "clientIds" is nothing; give at least one value, none of them empty, or null to accept every client of the pool.',
  ],
  [
    'a token use that there is not',
    pool({ clientIds: null, tokenUse: 'refresh' }),
    'Issuer.cognitoUserPoolId("eu-west-1_a1B2c3D4e"): option "tokenUse" is "refresh"; give "access" or "id" or "any".',
  ],
  [
    'a lifetime of more than 400 days',
    oidc({ audience: 'orders', maxTokenLifetime: Duration.days(401) }),
    'Issuer.oidc("https://idp.example.com/"): option "maxTokenLifetime" is 34646400 seconds; give a Duration of whole seconds from 1 second to 400 days, such as Duration.minutes(5).',
  ],
  [
    'a lifetime as a number',
    oidc({ audience: 'orders', maxTokenLifetime: 3600 }),
    'Issuer.oidc("https://idp.example.com/"): option "maxTokenLifetime" is 3600; give a Duration of whole seconds from 1 second to 400 days, such as Duration.minutes(5).',
  ],
  [
    'a symmetric algorithm',
    oidc({ audience: 'orders', algorithms: ['HS256'] }),
    'Issuer.oidc("https://idp.example.com/"): option "algorithms" holds "HS256", which is symmetric: whoever can check such a token can also forge one, and the key would have to lie in a function; give at least one of: RS256, RS384, RS512, ES256, ES384, ES512, EdDSA; or leave it out for RS256.',
  ],
  [
    'a path as the claim of groups',
    construct({ groupsClaim: 'realm_access.roles', routes: { 'GET /orders': { groups: ['admins'] } } }),
    'RevocableAuthorizer "Authorizer": option "groupsClaim" is "realm_access.roles", which is a path into an object, and a claim is taken by its top-level name; let the issuer write what is there into a claim of its own, and give the name of that.',
  ],
  [
    'a list to revoke by',
    oidc({ audience: 'orders', revocableClaims: ['cognito:groups'] }),
    'Issuer.oidc("https://idp.example.com/"): a claim of "revocableClaims" is "cognito:groups", which is a list in every token that has it, so it would never match; give another claim.',
  ],
  [
    'a time to revoke by',
    oidc({ audience: 'orders', revocableClaims: ['iat'] }),
    'Issuer.oidc("https://idp.example.com/"): a claim of "revocableClaims" is "iat", which is a time in every token that has it, so it would never match; give another claim.',
  ],
  [
    'an object for the backend',
    construct({ context: { roles: 'realm_access' } }),
    'RevocableAuthorizer "Authorizer": option "context": "roles" is "realm_access", which is an object in every token that has it, so it would never match; give another claim.',
  ],
  [
    'a claim with white space',
    construct({ usageIdentifierKeyClaim: 'client_id ' }),
    'RevocableAuthorizer "Authorizer": option "usageIdentifierKeyClaim" is "client_id ", which begins or ends with white space, as no claim does; remove it.',
  ],
  [
    'a cache that is too long',
    construct({ resultsCacheTtl: Duration.hours(2) }),
    'RevocableAuthorizer "Authorizer": option "resultsCacheTtl" is 7200 seconds; give a Duration of whole seconds from 0 seconds to 1 hour, such as Duration.minutes(5).',
  ],
  [
    'a cache by the token alone, with routes',
    restApi({ props: cached }),
    'forRestApi(): there are "routes", and option "resultsCacheTtl" is 300 seconds; API Gateway caches the responses of a TOKEN authorizer by the token alone, and would use the one for one route on all others, so use forRestApiRequest(), or leave "resultsCacheTtl" out.',
  ],
  [
    'a text for an identity source',
    construct({ identitySources: ['Authorization'] }),
    `RevocableAuthorizer "Authorizer": option "identitySources" holds "Authorization"; give a list, such as [IdentitySource.header('Authorization')].`,
  ],
  [
    'the cookie header',
    () => IdentitySource.header('Cookie'),
    'IdentitySource.header("Cookie"): the token does not stand in that header by itself; use IdentitySource.cookie(...).',
  ],
  [
    'a route without a path',
    construct({ routes: { GET: 'any' } }),
    'RevocableAuthorizer "Authorizer": option "routes" has the route "GET", which is no route key; give a verb (GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS) or ANY, one space, and a path, such as "GET /orders/{id}" or "ANY /admin/{proxy+}"; or "$connect", or "$default".',
  ],
  [
    'a verb that there is not',
    construct({ routes: { 'GTE /orders': 'any' } }),
    'RevocableAuthorizer "Authorizer": option "routes" has the route "GTE /orders", whose verb is "GTE"; give a verb (GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS) or ANY, one space, and a path, such as "GET /orders/{id}" or "ANY /admin/{proxy+}"; or "$connect", or "$default".',
  ],
  [
    'two equal routes',
    construct({ routes: { 'GET /orders/{id}': 'any', 'GET /orders/{order}': 'nobody' } }),
    'RevocableAuthorizer "Authorizer": option "routes": "GET /orders/{id}" and "GET /orders/{order}" are the same route for API Gateway, so one of them can never decide; remove one.',
  ],
  [
    'a typo in a route',
    restApi({ props: { routes: { 'GET /order': 'any' } } }),
    `RevocableAuthorizer "Authorizer": option "routes" has no rule for the route "GET /orders" of the API "Orders/Api"; add one: conditions, 'any' for every live token, or 'nobody'.`,
    'RevocableAuthorizer "Authorizer": option "routes" has a rule for "GET /order", which decides about no route of the attached APIs: there is none, or more specific rules decide about all of it; correct or remove it, or say under "acknowledgedRoutes" what it is for.',
  ],
  [
    'a route that is missing',
    restApi({ props: { routes: { 'GET /orders': 'any' } }, routes: ['GET /orders', 'GET /users'] }),
    `RevocableAuthorizer "Authorizer": option "routes" has no rule for the route "GET /users" of the API "Orders/Api"; add one: conditions, 'any' for every live token, or 'nobody'.`,
  ],
  [
    'a word that is no rule',
    rule('all'),
    `RevocableAuthorizer "Authorizer": option "routes": "GET /orders" is "all"; give conditions, such as { scopes: ['orders:read'] }, 'any' for every live token, or 'nobody'.`,
  ],
  [
    'a rule that asks for nothing',
    rule({}),
    `RevocableAuthorizer "Authorizer": option "routes": "GET /orders" asks for nothing; say who may call it, or give 'any' for every live token, or 'nobody'.`,
  ],
  [
    'two scopes in one text',
    rule({ scopes: ['orders:read orders:write'] }),
    'RevocableAuthorizer "Authorizer": option "routes": "GET /orders": "scopes" holds "orders:read orders:write", which has white space in it; give one value an item.',
  ],
  [
    'a scope as a text',
    rule({ scopes: 'orders:read' }),
    'RevocableAuthorizer "Authorizer": option "routes": "GET /orders": "scopes" is "orders:read"; give a list of texts that has something in it, or leave it out.',
  ],
  [
    'groups without their claim',
    rule({ groups: ['admins'] }),
    'RevocableAuthorizer "Authorizer": option "routes": "GET /orders" asks for groups, and option "groupsClaim" is nothing; give the claim that holds them, such as "cognito:groups".',
  ],
  [
    'the construct instead of its method',
    restApi({ given: (made) => made }),
    'Option "authorizer" of a REST method is the construct of the authorizer; give authorizer.forRestApi() or authorizer.forRestApiRequest().',
  ],
  [
    'a method that nobody called',
    restApi({ given: (made) => made.forRestApi }),
    'Option "authorizer" of a REST method is the method authorizer.forRestApi itself; give authorizer.forRestApi() or authorizer.forRestApiRequest().',
  ],
  [
    'the method of another kind of API',
    httpApi({ given: (made) => made.forRestApi() }),
    'Option "authorizer" of an HTTP route is the authorizer of REST APIs; give authorizer.forHttpApi().',
  ],
  [
    'an API of another region',
    apiElsewhere({ ...HERE, region: 'us-east-1' }),
    'forRestApi(): the API "Reports/Api" is in the region us-east-1, and its authorizer function in the region eu-west-1; make an authorizer in the region of the API, or the API in that of the authorizer.',
  ],
  [
    'an HTTP API of another region',
    apiOfAnotherKindElsewhere('http'),
    'forHttpApi(): the API "Reports/Api" is in the region us-east-1, and its authorizer function in the region eu-west-1; make an authorizer in the region of the API, or the API in that of the authorizer.',
  ],
  [
    'a WebSocket API of another region',
    apiOfAnotherKindElsewhere('websocket'),
    'forWebSocketApi(): the API "Reports/Api" is in the region us-east-1, and its authorizer function in the region eu-west-1; make an authorizer in the region of the API, or the API in that of the authorizer.',
  ],
  [
    'an API of another stage of the application',
    apiOfAnotherStage,
    'forRestApiRequest(): the API "Test/Reports/Api" is in the stage Test, and its authorizer function in no stage; make an authorizer in the stage of the API, or attach the API by RevocableAuthorizer.fromAttributes(...).',
  ],
  [
    'an API of another account',
    apiElsewhere({ ...HERE, account: '210987654321' }),
    'forRestApi(): the API "Reports/Api" is in the account 210987654321, and its authorizer function in the account 123456789012; make an authorizer in the account of the API, or the API in that of the authorizer.',
  ],
  [
    'an API of no region in particular',
    apiElsewhere(undefined),
    'forRestApi(): the API "Reports/Api" is in the account of whoever deploys it, and its authorizer function in the account 123456789012; give the stacks of both the same "env".',
  ],
  [
    'a permission in another account',
    importedInto({ ...HERE, account: '210987654321' }),
    'forRestApi(): the API "Reports/Api" is in the account 210987654321, and its authorizer function in the account 123456789012; make an authorizer in the account of the API, or the API in that of the authorizer.',
  ],
  [
    'a function of another region',
    importedInto({ ...HERE, region: 'us-east-1' }),
    'forRestApi(): the API "Reports/Api" is in the region us-east-1, and its authorizer function in the region eu-west-1; make an authorizer in the region of the API, or the API in that of the authorizer.',
  ],
  [
    'a name for the ARN of a function',
    () => RevocableAuthorizer.fromAttributes(new Stack(), 'Authorizer', { authorizerFunctionArn: '' }),
    `RevocableAuthorizer.fromAttributes "Authorizer": option "authorizerFunctionArn" is ""; give the ARN of a function, the output AuthorizerFunctionArn of the authorizer's stack.`,
  ],
  [
    'API keys from the header',
    restApi({ props: { usageIdentifierKeyClaim: 'client_id' } }),
    'RevocableAuthorizer "Authorizer": option "usageIdentifierKeyClaim" does nothing at the REST API "Orders/Api", which takes API keys from the header x-api-key; give that API apiKeySourceType: ApiKeySourceType.AUTHORIZER, or leave the option out.',
  ],
  [
    'API keys from the header, said so',
    restApi({
      props: { usageIdentifierKeyClaim: 'client_id' },
      api: { apiKeySourceType: ApiKeySourceType.HEADER },
    }),
    'RevocableAuthorizer "Authorizer": option "usageIdentifierKeyClaim" does nothing at the REST API "Orders/Api", which takes API keys from the header x-api-key; give that API apiKeySourceType: ApiKeySourceType.AUTHORIZER, or leave the option out.',
  ],
];

/** Without the frame that CDK puts around the findings of a validation. */
function sentencesOf(act) {
  try {
    act();
  } catch (thrown) {
    return thrown.message
      .split('\n')
      .filter((line) => !line.startsWith('Validation failed'))
      .map((line) => line.replace(/^ *\[[^\]]*\] /, ''));
  }
  return [];
}

test.each(MISTAKES)('%s gets a sentence that says what to do', (_what, act, ...sentences) => {
  expect(sentencesOf(act)).toEqual(sentences);
});

/** What JavaScript lets in where types would not: each would crash, or do nothing, without a check of its own. */
const WRONG_FORMS = [
  ['an audience that holds itself', oidc({ audience: itself() }), 'option "audience" is [itself]; give'],
  ['a big integer', oidc({ audience: [10n] }), 'option "audience" is [10]; give'],
  ['nothing in a list', oidc({ audience: [undefined] }), 'option "audience" is [nothing]; give'],
  ['a gap in a list', oidc({ audience: withGap('orders') }), 'option "audience" is [nothing,"orders"]; give'],
  [
    'a wildcard',
    oidc({ audience: '*' }),
    'option "audience" holds "*", which is no wildcard, so no token has it; give the exact value, or null',
  ],
  [
    'a space before an audience',
    oidc({ audience: [' orders'] }),
    'option "audience" holds " orders", which begins or ends with white space, so no token has it; give',
  ],
  ['the issuer as its alias', issuer(IDP, { aliases: [IDP] }), 'option "aliases" is ["https://idp'],
  [
    'a gap among claims',
    issuer(IDP, { requiredClaims: withGap('a') }),
    'option "requiredClaims" is [nothing,"a"]',
  ],
  ['a gap among keys', issuer(IDP, { jwks: { keys: withGap() } }), 'option "jwks", key 1, is nothing; give'],
  [
    'a boolean to revoke by',
    issuer(IDP, { revocableClaims: ['email_verified'] }),
    'is "email_verified", which is a boolean in every token that has it, so it would never match; give',
  ],
  [
    'the discovery for the keys',
    issuer(IDP, { jwksUri: `${IDP}.well-known/openid-configuration` }),
    'which is the address of the discovery and holds no keys; give the "jwks_uri" that stands there, or',
  ],
  [
    'the keys for the issuer',
    issuer(`${IDP}jwks.json`),
    'which is the address of an endpoint of the issuer; give',
  ],
  [
    'something like a Duration',
    issuer(IDP, { maxTokenLifetime: { toSeconds: 60, isUnresolved: false } }),
    'option "maxTokenLifetime" is {"toSeconds":60,"isUnresolved":false}; give a Duration',
  ],
  ['the id of a pool', () => Issuer.cognitoUserPool(POOL, { clients: null }), 'that is no user pool; give'],
  [
    'no pool',
    () => Issuer.cognitoUserPool(undefined, { clients: null }),
    '(nothing): that is no user pool; give',
  ],
  ['the ids of clients', userPool({ clients: ['1example'] }), 'option "clients" holds "1example"; give'],
  ['no client', userPool({ clients: [undefined] }), 'option "clients" holds nothing; give'],
  [
    'an issuer that was made by hand',
    () => construct({ issuers: [new Issuer({})] })(),
    '"issuers" holds an Issuer; give',
  ],
  ['a promise of issuers', construct({ issuers: Promise.resolve([]) }), '"issuers" is a Promise; give'],
  [
    'a deadline as a number',
    construct({ lookUpDeadline: 800 }),
    'option "lookUpDeadline" is 800; give a Duration',
  ],
  ['no deadline', construct({ lookUpDeadline: null }), 'option "lookUpDeadline" is null; give a Duration'],
  [
    'a word for a boolean',
    construct({ deletionProtection: 'false' }),
    '"deletionProtection" is "false"; give true or',
  ],
  ['a policy that there is not', construct({ removalPolicy: 'delete' }), '"removalPolicy" is "delete"; give'],
  ['days that no log is kept', construct({ logRetention: 10 }), '"logRetention" is 10; give a RetentionDays'],
  [
    'the ARN of a key',
    construct({ encryptionKey: 'arn:aws:kms' }),
    '"encryptionKey" is "arn:aws:kms"; give a key',
  ],
  ['a Map of claims', construct({ context: new Map([['a', 'b']]) }), 'option "context" is a Map; give'],
  [
    'a gap among sources',
    construct({ identitySources: withGap() }),
    'option "identitySources" holds nothing; give',
  ],
  [
    'a name for an ARN',
    imported({ authorizerFunctionArn: 'authorizer' }),
    '"authorizerFunctionArn" is "authorizer"; give',
  ],
  [
    'the ARN of a role',
    imported({ authorizerFunctionArn: 'arn:aws:iam::123456789012:role/x' }),
    'role/x"; give the ARN of a',
  ],
  [
    'an ARN for a name',
    imported({ authorizerFunctionArn: ARN, revocationsFunctionName: ARN }),
    'give the name of a function, the output RevocationsFunctionName',
  ],
  [
    'endpoints of nothing',
    endpoints(() => undefined),
    'option "authorizer" is nothing; give the RevocableAuthorizer',
  ],
  [
    'endpoints of an attached authorizer',
    endpoints((made) => made.forRestApi()),
    'is a RestApiAuthorizer; give the',
  ],
  [
    'an endpoint at a path',
    () => endpoints((made) => made)().addRevocation('/revoke'),
    'addRevocation("/revoke"): that is no resource of a REST API; give one, such as',
  ],
  [
    'responses of nothing',
    () => anAuthorizer().authorizer.addDenialResponses(),
    'addDenialResponses(nothing): that is no REST API, and',
  ],
  [
    'responses twice',
    denialResponses(undefined, undefined),
    'the API "Orders/Api" has these responses already, and',
  ],
  ['no origin', denialResponses({ allowOrigin: null }), 'option "allowOrigin" is null; give one origin'],
  [
    'a right for nobody',
    () => anAuthorizer().authorizer.grantRevoke('admin'),
    'grantRevoke("admin"): that is nobody who',
  ],
  [
    'days in the configuration',
    () => defineConfig({ issuers: [anIssuer()], logRetention: 10 }),
    '"logRetention" is 10; give',
  ],
  [
    'a Map of tags',
    () => defineConfig({ issuers: [anIssuer()], tags: new Map() }),
    'option "tags" is a Map; give',
  ],
  [
    'no configuration',
    () => new AuthorizerStack(new App(), undefined),
    'defineConfig(...): the options are nothing; give',
  ],
  [
    'a configuration that nobody checked',
    () => new AuthorizerStack(new App(), { issuers: [anIssuer()], ttl: 300 }),
    'defineConfig(...): there is no option "ttl"; give one of: demo, ',
  ],
];

/** As a comma too many makes it. */
function withGap(...values) {
  return new Array(1).concat(values);
}

function itself() {
  const list = [];
  list.push(list);
  return list;
}

function userPool(options) {
  return () => Issuer.cognitoUserPool(UserPool.fromUserPoolId(new Stack(), 'Pool', POOL), options);
}

function imported(attributes) {
  return () => RevocableAuthorizer.fromAttributes(new Stack(), 'Authorizer', attributes);
}

function endpoints(given) {
  return () => {
    const { stack, authorizer } = anAuthorizer();
    return new TokenEndpoints(stack, 'Endpoints', { authorizer: given(authorizer) });
  };
}

function denialResponses(...calls) {
  return () => {
    const { stack, authorizer } = anAuthorizer();
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    for (const options of calls) authorizer.addDenialResponses(api, options);
  };
}

test.each(WRONG_FORMS)('%s is refused in a sentence of ours', (_what, act, sentence) => {
  expect(sentencesOf(act)).toEqual([expect.stringContaining(sentence)]);
});
