import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import { Annotations as Annotate, App, Aspects, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AuthorizationType, CfnMethod, Cors, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnRoute, HttpApi, HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { AuthorizerStack } from '../../lib/authorizer-stack.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { TokenEndpoints } from '../../lib/token-endpoints.ts';
import { WARNINGS } from '../../lib/warn.ts';
import { anAuthorizer, anIssuer } from './an-authorizer.ts';

const OPEN = 'revocable-authorizer:openRoute';
const NOTHING = 'revocable-authorizer:noApi';
const FOR_NOBODY = 'revocable-authorizer:ruleForOpenRoute';
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer';

/** The warnings of one kind in a stack, as the owner sees them. */
function warningsOf(stack: Stack, id: string): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp(id))
    .map(({ entry }) => String(entry.data));
}

function aRestApi(props: Partial<RevocableAuthorizerProps> = {}) {
  const made = anAuthorizer(props);
  const api = new RestApi(made.stack, 'Api', { cloudWatchRole: false });
  api.root.addResource('orders').addMethod('GET', undefined, { authorizer: made.authorizer.forRestApi() });
  return { ...made, api };
}

function anHttpApi(props: Partial<RevocableAuthorizerProps> = {}) {
  const made = anAuthorizer(props);
  const api = new HttpApi(made.stack, 'Api', { defaultAuthorizer: made.authorizer.forHttpApi() });
  const integration = new HttpUrlIntegration('Backend', 'https://backend.example.com');
  const add = (path: string, options: object = {}) =>
    api.addRoutes({ path, methods: [HttpMethod.GET], integration, ...options });
  add('/orders');
  return { ...made, api, add };
}

describe('a route without an authorizer in an API that has one', () => {
  it('is warned of, a REST method by its name', () => {
    const { stack, api } = aRestApi();
    api.root.addResource('health').addMethod('GET');
    expect(warningsOf(stack, OPEN)).toEqual([
      `The route "GET /health" of the API "Orders/Api" has no authorizer, although other routes of that API have one, so everybody may call it; give it the authorizer, or acknowledge this warning if that is meant. [ack: ${OPEN}]`,
    ]);
  });

  it('is warned of although it was typed: NONE may be a slip too', () => {
    const { stack, api } = aRestApi();
    api.root.addMethod('GET', undefined, { authorizationType: AuthorizationType.NONE });
    expect(warningsOf(stack, OPEN)).toHaveLength(1);
  });

  it('is warned of where a method has an API key alone', () => {
    const { stack, api } = aRestApi();
    api.root.addMethod('GET', undefined, { apiKeyRequired: true });
    expect(warningsOf(stack, OPEN)).toHaveLength(1);
  });

  it('is warned of by its construct where its path is not known', () => {
    const { stack, api } = aRestApi();
    new CfnMethod(stack, 'Method', { restApiId: api.restApiId, resourceId: 'abc123', httpMethod: 'GET' });
    expect(warningsOf(stack, OPEN)).toEqual([
      expect.stringContaining('The method Orders/Method of the API "Orders/Api" has no authorizer'),
    ]);
  });

  it('is warned of, an HTTP route by its key', () => {
    const { stack, add } = anHttpApi();
    add('/health', { authorizer: new HttpNoneAuthorizer() });
    expect(warningsOf(stack, OPEN)).toEqual([expect.stringContaining('The route "GET /health"')]);
  });

  it('is no matter if it has another authorizer, or answers preflight requests', () => {
    const rest = anAuthorizer();
    const api = new RestApi(rest.stack, 'Api', {
      cloudWatchRole: false,
      defaultCorsPreflightOptions: { allowOrigins: Cors.ALL_ORIGINS },
    });
    api.root.addMethod('GET', undefined, { authorizer: rest.authorizer.forRestApi() });
    api.root.addMethod('POST', undefined, { authorizationType: AuthorizationType.IAM });
    expect(warningsOf(rest.stack, OPEN)).toEqual([]);
    const http = anHttpApi();
    http.add('/reports', { authorizer: new HttpIamAuthorizer() });
    http.add('/{proxy+}', { methods: [HttpMethod.OPTIONS], authorizer: new HttpNoneAuthorizer() });
    expect(warningsOf(http.stack, OPEN)).toEqual([]);
  });

  it('is warned of where an override opens it, although the construct has the authorizer', () => {
    const { stack, api, authorizer } = aRestApi();
    const method = api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    (method.node.defaultChild as CfnMethod).addPropertyOverride('AuthorizationType', 'NONE');
    expect(warningsOf(stack, OPEN)).toEqual([expect.stringContaining('The route "GET /"')]);
  });

  it('is warned of where its type is set to NONE afterwards', () => {
    const { stack, api, authorizer } = aRestApi();
    const method = api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    (method.node.defaultChild as CfnMethod).authorizationType = 'NONE';
    expect(warningsOf(stack, OPEN)).toHaveLength(1);
  });

  it('is no matter where an override or an aspect closes it', () => {
    const { stack, api } = aRestApi();
    const closed = api.root.addMethod('GET').node.defaultChild as CfnMethod;
    closed.addPropertyOverride('AuthorizationType', 'AWS_IAM');
    api.root.addMethod('POST');
    Aspects.of(stack).add({
      visit(node) {
        if (CfnMethod.isCfnMethod(node) && node.httpMethod === 'POST') node.authorizationType = 'AWS_IAM';
      },
    });
    expect(warningsOf(stack, OPEN)).toEqual([]);
  });

  it('is warned of by its key where that is put together', () => {
    const { stack, api } = anHttpApi();
    new CfnRoute(stack, 'Route', { apiId: api.apiId, routeKey: Fn.join(' ', ['GET', '/health']) });
    expect(warningsOf(stack, OPEN)).toEqual([expect.stringContaining('The route "GET /health"')]);
  });

  it('is no matter in an API that has nothing to do with the authorizer', () => {
    const { stack } = aRestApi();
    new RestApi(stack, 'Public', { cloudWatchRole: false }).root.addMethod('GET');
    expect(warningsOf(stack, OPEN)).toEqual([]);
  });

  it('is warned of where the authorizer is deployed already', () => {
    const stack = new Stack(new App(), 'Reports');
    const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
      authorizerFunctionArn: ARN,
    });
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    api.root.addMethod('POST');
    expect(warningsOf(stack, OPEN)).toHaveLength(1);
  });

  test.each<[string, (made: ReturnType<typeof aRestApi>, open: Construct) => Construct]>([
    ['of the method', (_made, open) => open],
    ['of the API', ({ api }) => api],
    ['of the stack', ({ stack }) => stack],
  ])('is meant when the warning is acknowledged %s', (_what, scopeOf) => {
    const made = aRestApi();
    const open = made.api.root.addMethod('GET');
    Annotate.of(scopeOf(made, open)).acknowledgeWarning(OPEN);
    expect(warningsOf(made.stack, OPEN)).toEqual([]);
  });

  it('is meant at token endpoints whose clients the function authenticates', () => {
    const { stack, authorizer, api } = aRestApi();
    const endpoints = new TokenEndpoints(stack, 'Endpoints', {
      authorizer,
      clients: { web: 'a'.repeat(64) },
    });
    endpoints.addRevocation(api.root.addResource('revoke'));
    expect(warningsOf(stack, OPEN)).toEqual([]);
  });
});

describe('a rule about a route that does not ask the authorizer', () => {
  const routes = { 'GET /orders': 'any', 'GET /internal': 'nobody' } as const;

  it('is a warning if it is for nobody: the route is there, and open', () => {
    const { app, stack, api } = aRestApi({ routes });
    api.root.addResource('internal').addMethod('GET');
    expect(() => app.synth()).not.toThrow();
    expect(warningsOf(stack, FOR_NOBODY)).toEqual([
      `RevocableAuthorizer "Authorizer": option "routes" has the rule 'GET /internal': 'nobody', but the route "GET /internal" of the API "Orders/Api" does not ask the authorizer, so the rule closes nothing; give that route the authorizer, or remove the rule. [ack: ${FOR_NOBODY}]`,
    ]);
  });

  it('is a warning that can be acknowledged, by CDK or in the table', () => {
    const byCdk = aRestApi({ routes });
    byCdk.api.root.addResource('internal').addMethod('GET');
    Annotate.of(byCdk.authorizer).acknowledgeWarning(FOR_NOBODY);
    expect(warningsOf(byCdk.stack, FOR_NOBODY)).toEqual([]);
    const byTable = aRestApi({ routes, acknowledgedRoutes: { 'GET /internal': 'IAM closes it.' } });
    byTable.api.root.addResource('internal').addMethod('GET');
    expect(() => byTable.app.synth()).not.toThrow();
    expect(warningsOf(byTable.stack, FOR_NOBODY)).toEqual([]);
  });

  it('is a warning where the authorizer is deployed already, which has routes elsewhere', () => {
    const app = new App();
    const stack = new Stack(app, 'Reports');
    const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
      authorizerFunctionArn: ARN,
      routes: { ...routes, 'GET /elsewhere': 'nobody', 'GET /too': 'any' },
      acknowledgedRoutes: { 'GET /too': 'A route of another application.' },
    });
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const given = { authorizer: authorizer.forRestApi() };
    api.root.addResource('orders').addMethod('GET', undefined, given);
    api.root.addResource('internal').addMethod('GET');
    expect(() => app.synth()).not.toThrow();
    expect(warningsOf(stack, FOR_NOBODY)).toEqual([
      expect.stringContaining("has the rule 'GET /internal': 'nobody'"),
    ]);
  });

  it('is an error if it lets somebody in, and says that the route is there', () => {
    const { app, add } = anHttpApi({ routes: { 'GET /orders': 'any', 'GET /health': 'any' } });
    add('/health', { authorizer: new HttpNoneAuthorizer() });
    expect(() => app.synth()).toThrow(
      'option "routes" has a rule for "GET /health", but the route "GET /health" of the API "Orders/Api" does not ask the authorizer; give that route the authorizer, or remove the rule.',
    );
  });

  it('is no matter if it is also about one that does', () => {
    const { app, stack, api } = aRestApi({ routes: { 'GET /{proxy+}': 'nobody' } });
    api.root.addResource('internal').addMethod('GET');
    expect(() => app.synth()).not.toThrow();
    expect(warningsOf(stack, FOR_NOBODY)).toEqual([]);
  });
});

describe('an authorizer that no API is attached to', () => {
  it('is warned of, also where its method was called for nothing', () => {
    const { stack, authorizer } = anAuthorizer();
    authorizer.forRestApi();
    expect(warningsOf(stack, NOTHING)).toEqual([
      `No API of this application is attached to the authorizer, so it protects nothing here; give a method or route authorizer.forRestApi(), forRestApiRequest(), forHttpApi() or forWebSocketApi(), or acknowledge this warning if its APIs are attached elsewhere. [ack: ${NOTHING}]`,
    ]);
    expect(warningsOf(aRestApi().stack, NOTHING)).toEqual([]);
    expect(warningsOf(anHttpApi().stack, NOTHING)).toEqual([]);
  });

  it('is no matter once that is acknowledged', () => {
    const { stack, authorizer } = anAuthorizer();
    Annotate.of(authorizer).acknowledgeWarning(NOTHING);
    expect(warningsOf(stack, NOTHING)).toEqual([]);
  });

  it('is no matter where the application attaches one by the ARN', () => {
    const { app, stack, authorizer } = anAuthorizer();
    const reports = new Stack(app, 'Reports');
    const imported = RevocableAuthorizer.fromAttributes(reports, 'Authorizer', {
      authorizerFunctionArn: authorizer.authorizerFunction.functionArn,
    });
    const api = new RestApi(reports, 'Api', { cloudWatchRole: false });
    api.root.addMethod('GET', undefined, { authorizer: imported.forRestApi() });
    expect(warningsOf(stack, NOTHING)).toEqual([]);
  });

  it('is warned of where it is deployed already, unless it is there to grant the right to revoke', () => {
    const stack = new Stack(new App(), 'Reports');
    const attributes = { authorizerFunctionArn: ARN };
    RevocableAuthorizer.fromAttributes(stack, 'Granted', { ...attributes, revocationsFunctionName: 'admin' });
    expect(warningsOf(stack, NOTHING)).toEqual([]);
    RevocableAuthorizer.fromAttributes(stack, 'Authorizer', attributes);
    expect(warningsOf(stack, NOTHING)).toHaveLength(1);
  });

  it('is no matter in the stack that is made for APIs elsewhere', () => {
    const stack = new AuthorizerStack(new App(), { issuers: [anIssuer()] });
    expect(warningsOf(stack, NOTHING)).toEqual([]);
  });
});

describe('the list of warnings', () => {
  it('stands in the documentation', () => {
    const file = join(import.meta.dirname, '..', '..', 'docs', 'attaching.md');
    const listed = [
      ...readFileSync(file, 'utf8').matchAll(/^\| `revocable-authorizer:(\w+)` *\| (.+?) *\|$/gm),
    ];
    expect(Object.fromEntries(listed.map(([, id, found]) => [id, found]))).toEqual(WARNINGS);
  });
});
