import { describe, expect, it, test } from '@jest/globals';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Cors, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { IdentitySource } from '../../lib/identity-source.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer, logicalId } from './an-authorizer.ts';

const AUTHORIZER = 'AWS::ApiGateway::Authorizer';
const METHOD = 'AWS::ApiGateway::Method';

/** Two routes, by a default and by their own word. */
function addApi(stack: Stack, id: string, authorizer: RevocableAuthorizer): RestApi {
  const api = new RestApi(stack, id, { defaultMethodOptions: { authorizer: authorizer.forRestApi() } });
  api.root.addMethod('GET');
  api.root.addMethod('POST', undefined, { authorizer: authorizer.forRestApi() });
  return api;
}

describe('forRestApi', () => {
  it('adds one TOKEN authorizer to an API, for any number of methods', () => {
    const { stack, authorizer } = anAuthorizer();
    addApi(stack, 'Api', authorizer);
    const template = Template.fromStack(stack);

    template.resourceCountIs(AUTHORIZER, 1);
    template.hasResourceProperties(AUTHORIZER, {
      Type: 'TOKEN',
      IdentitySource: 'method.request.header.Authorization',
      RestApiId: { Ref: logicalId(template, 'AWS::ApiGateway::RestApi', 'Api') },
      AuthorizerUri: Match.objectLike({}),
    });
    const ref = { Ref: logicalId(template, AUTHORIZER, 'Api') };
    template.resourcePropertiesCountIs(METHOD, { AuthorizationType: 'CUSTOM', AuthorizerId: ref }, 2);
  });

  it('adds one authorizer to each of several APIs, and gives each method that of its API', () => {
    const { stack, authorizer } = anAuthorizer();
    const one = authorizer.forRestApi();
    const [first, second] = ['First', 'Second'].map((id) => new RestApi(stack, id));
    for (const verb of ['GET', 'POST']) {
      first?.root.addMethod(verb, undefined, { authorizer: one });
      second?.root.addMethod(verb, undefined, { authorizer: one });
    }
    const template = Template.fromStack(stack);

    template.resourceCountIs(AUTHORIZER, 2);
    for (const id of ['First', 'Second']) {
      const RestApiId = { Ref: logicalId(template, 'AWS::ApiGateway::RestApi', id) };
      const AuthorizerId = { Ref: logicalId(template, AUTHORIZER, id) };
      template.hasResourceProperties(AUTHORIZER, { RestApiId });
      template.resourcePropertiesCountIs(METHOD, { RestApiId, AuthorizerId }, 2);
    }
  });

  it('adds one authorizer to an API that is imported twice', () => {
    const { stack, authorizer } = anAuthorizer();
    for (const [index, id] of ['One', 'Two'].entries()) {
      const api = RestApi.fromRestApiAttributes(stack, id, { restApiId: 'a1b2c3', rootResourceId: 'r00t' });
      api.root.addMethod(index ? 'GET' : 'POST', undefined, { authorizer: authorizer.forRestApi() });
    }
    Template.fromStack(stack).resourceCountIs(AUTHORIZER, 1);
  });

  it('serves two authorizers on one API', () => {
    const { stack, authorizer } = anAuthorizer();
    const other = new RevocableAuthorizer(stack, 'Other', { issuers: [anIssuer()] });
    const api = new RestApi(stack, 'Api');
    api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    api.root.addMethod('POST', undefined, { authorizer: other.forRestApi() });
    Template.fromStack(stack).resourceCountIs(AUTHORIZER, 2);
  });

  it('serves an API in another stack, which depends on that of the authorizer and not the other way round', () => {
    const { app, stack, authorizer } = anAuthorizer();
    const apiStack = new Stack(app, 'Api');
    addApi(apiStack, 'Api', authorizer);
    const template = Template.fromStack(apiStack);

    template.resourceCountIs(AUTHORIZER, 1);
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'apigateway.amazonaws.com' });
    expect(apiStack.dependencies).toEqual([stack]);
    expect(stack.dependencies).toEqual([]);
    Template.fromStack(stack).resourceCountIs(AUTHORIZER, 0);
  });

  it('lets API Gateway invoke the function for this authorizer only', () => {
    const { stack, authorizer } = anAuthorizer();
    addApi(stack, 'Api', authorizer);
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: {
        'Fn::GetAtt': [logicalId(template, 'AWS::Lambda::Function', 'AuthorizerFunction'), 'Arn'],
      },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Join': [
          '',
          Match.arrayWith([
            { Ref: logicalId(template, 'AWS::ApiGateway::RestApi', 'Api') },
            '/authorizers/',
            { Ref: logicalId(template, AUTHORIZER, 'Api') },
          ]),
        ],
      },
    });
  });

  it('leaves preflight requests without an authorizer', () => {
    const { stack, authorizer } = anAuthorizer();
    const api = new RestApi(stack, 'Api', {
      defaultMethodOptions: { authorizer: authorizer.forRestApi() },
      defaultCorsPreflightOptions: { allowOrigins: Cors.ALL_ORIGINS },
    });
    api.root.addMethod('GET');
    Template.fromStack(stack).hasResourceProperties(METHOD, {
      HttpMethod: 'OPTIONS',
      AuthorizationType: 'NONE',
      AuthorizerId: Match.absent(),
    });
  });

  test.each([
    ['nothing', undefined, 0],
    ['zero', Duration.seconds(0), 0],
    ['an hour', Duration.hours(1), 3600],
  ])('writes the results cache out when told %s', (_what, resultsCacheTtl, seconds) => {
    const { stack, authorizer } = anAuthorizer({ resultsCacheTtl });
    addApi(stack, 'Api', authorizer);
    Template.fromStack(stack).hasResourceProperties(AUTHORIZER, { AuthorizerResultTtlInSeconds: seconds });
  });

  it('says what to do when its id is read without a method', () => {
    const { stack, authorizer } = anAuthorizer();
    new CfnOutput(stack, 'Id', { value: authorizer.forRestApi().authorizerId });
    expect(() => Template.fromStack(stack)).toThrow(
      'pass forRestApi() or forRestApiRequest() as `authorizer`',
    );
  });
});

describe('forRestApiRequest', () => {
  function requestApi(props: Partial<RevocableAuthorizerProps> = {}) {
    const { stack, authorizer } = anAuthorizer(props);
    const api = new RestApi(stack, 'Api', {
      defaultMethodOptions: { authorizer: authorizer.forRestApiRequest() },
      defaultCorsPreflightOptions: { allowOrigins: Cors.ALL_ORIGINS },
    });
    api.root.addMethod('GET');
    return { api, authorizer, stack };
  }

  it('adds a REQUEST authorizer, without one for preflight requests', () => {
    const template = Template.fromStack(requestApi().stack);

    template.resourceCountIs(AUTHORIZER, 1);
    template.hasResourceProperties(AUTHORIZER, {
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      IdentityValidationExpression: Match.absent(),
      AuthorizerResultTtlInSeconds: 0,
    });
    template.hasResourceProperties(METHOD, { HttpMethod: 'GET', AuthorizationType: 'CUSTOM' });
    template.hasResourceProperties(METHOD, {
      HttpMethod: 'OPTIONS',
      AuthorizationType: 'NONE',
      AuthorizerId: Match.absent(),
    });
  });

  it('stands beside a TOKEN authorizer on the same API, with a permission each', () => {
    const { api, authorizer, stack } = requestApi();
    api.root.addMethod('POST', undefined, { authorizer: authorizer.forRestApi() });
    const template = Template.fromStack(stack);

    template.resourceCountIs(AUTHORIZER, 2);
    template.resourceCountIs('AWS::Lambda::Permission', 2);
  });

  test.each([
    ['a cookie', [IdentitySource.cookie('token')], 'method.request.header.Cookie'],
    ['the query string', [IdentitySource.queryString('token')], 'method.request.querystring.token'],
    [
      'one of two places',
      [IdentitySource.header('Authorization'), IdentitySource.cookie('token')],
      Match.absent(),
    ],
  ])('takes the token from %s', (_where, identitySources, expected) => {
    Template.fromStack(requestApi({ identitySources }).stack).hasResourceProperties(AUTHORIZER, {
      IdentitySource: expected,
    });
  });
});

describe('routes in a results cache', () => {
  const options = { routes: { 'GET /': 'any' }, resultsCacheTtl: Duration.minutes(5) } as const;
  const requestApi = (props: Partial<RevocableAuthorizerProps>) => {
    const { stack, authorizer } = anAuthorizer({ ...options, ...props });
    const api = new RestApi(stack, 'Api');
    api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApiRequest() });
    return Template.fromStack(stack);
  };

  it('are cached by all that distinguishes them behind the token', () => {
    requestApi({}).hasResourceProperties(AUTHORIZER, {
      IdentitySource:
        'method.request.header.Authorization,context.httpMethod,context.path,context.domainName',
      AuthorizerResultTtlInSeconds: 300,
    });
  });

  test.each<[string, Partial<RevocableAuthorizerProps>]>([
    ['a cache', { resultsCacheTtl: undefined }],
    ['routes', { routes: undefined }],
  ])('add nothing to the token without %s', (_what, props) => {
    requestApi(props).hasResourceProperties(AUTHORIZER, {
      IdentitySource: 'method.request.header.Authorization',
    });
  });

  it('are refused for a TOKEN authorizer, which is cached by the token alone', () => {
    const { stack, authorizer } = anAuthorizer(options);
    expect(() => addApi(stack, 'Api', authorizer)).toThrow(
      /^forRestApi\(\): there are "routes", and option "resultsCacheTtl" is 300 seconds; .* so use forRestApiRequest\(\), or leave "resultsCacheTtl" out\.$/,
    );
    for (const props of [{ resultsCacheTtl: undefined }, { routes: undefined }]) {
      const without = anAuthorizer({ ...options, ...props });
      expect(() => addApi(without.stack, 'Api', without.authorizer)).not.toThrow();
    }
  });

  it('are refused with several places for the token, by which nothing can be cached', () => {
    const identitySources = [IdentitySource.header('Authorization'), IdentitySource.cookie('token')];
    expect(() => anAuthorizer({ ...options, identitySources })).toThrow('holds several places for the token');
  });
});

describe('forRestApi with another identity source', () => {
  it('reads another header, with or without the scheme', () => {
    const { stack, authorizer } = anAuthorizer({ identitySources: [IdentitySource.header('X-Token')] });
    addApi(stack, 'Api', authorizer);
    const template = Template.fromStack(stack);
    template.hasResourceProperties(AUTHORIZER, { IdentitySource: 'method.request.header.X-Token' });
    const [resource] = Object.values(template.findResources(AUTHORIZER));
    const expression = new RegExp(resource?.['Properties'].IdentityValidationExpression);

    for (const value of ['a.b.c', 'bearer a.b.c']) expect(expression.test(value)).toBe(true);
    for (const value of ['Basic a.b.c', 'a.b.c, d.e.f', 'Bearer '])
      expect(expression.test(value)).toBe(false);
  });

  it('minds no subprotocol, which only WebSockets have', () => {
    const { stack, authorizer } = anAuthorizer({
      identitySources: [IdentitySource.header('Authorization'), IdentitySource.webSocketProtocol()],
    });
    addApi(stack, 'Api', authorizer);

    Template.fromStack(stack).hasResourceProperties(AUTHORIZER, {
      IdentitySource: 'method.request.header.Authorization',
    });
  });

  test.each([
    ['a cookie', [IdentitySource.cookie('token')]],
    ['two headers', [IdentitySource.header('Authorization'), IdentitySource.header('X-Token')]],
    ['a subprotocol', [IdentitySource.webSocketProtocol()]],
  ])('refuses %s, which no TOKEN authorizer is told of', (_what, identitySources) => {
    const { stack, authorizer } = anAuthorizer({ identitySources });

    expect(() => addApi(stack, 'Api', authorizer)).toThrow('use forRestApiRequest().');
  });
});

describe('the identity validation expression', () => {
  const { stack, authorizer } = anAuthorizer();
  addApi(stack, 'Api', authorizer);
  const [resource] = Object.values(Template.fromStack(stack).findResources(AUTHORIZER));
  const expression = new RegExp(resource?.['Properties'].IdentityValidationExpression);

  test.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER   a.b.c', 'Bearer aZ09-._~+/=='])(
    'lets %j through',
    (value) => {
      expect(expression.test(value)).toBe(true);
    },
  );

  test.each([
    'Bearer',
    'Bearer ',
    'Basic a.b.c',
    'x Bearer a.b.c',
    'Bearer a.b.c, Bearer d.e.f',
    'Bearer a=b',
    'Bearera',
  ])('keeps %j from the function', (value) => {
    expect(expression.test(value)).toBe(false);
  });
});
