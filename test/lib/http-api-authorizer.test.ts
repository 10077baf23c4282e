import { describe, expect, it, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { AttachableAuthorizer, HttpApiOptions } from '../../lib/attachable-authorizer.ts';
import { IdentitySource } from '../../lib/identity-source.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer, logicalId } from './an-authorizer.ts';

const AUTHORIZER = 'AWS::ApiGatewayV2::Authorizer';
const ROUTE = 'AWS::ApiGatewayV2::Route';
const aBackend = () => new HttpUrlIntegration('Orders', 'https://orders.example.com');

/** Three routes, by a default and by their own word. */
function addApi(
  stack: Stack,
  id: string,
  authorizer: AttachableAuthorizer,
  options?: HttpApiOptions,
): HttpApi {
  const integration = aBackend();
  const api = new HttpApi(stack, id, { defaultAuthorizer: authorizer.forHttpApi(options) });
  api.addRoutes({ path: '/orders', methods: [HttpMethod.GET, HttpMethod.POST], integration });
  api.addRoutes({ path: '/orders/{id}', integration, authorizer: authorizer.forHttpApi(options) });
  return api;
}

describe('forHttpApi', () => {
  it('adds one authorizer to an API, with payload 2.0 and simple responses, for any number of routes', () => {
    const { stack, authorizer } = anAuthorizer();
    addApi(stack, 'Api', authorizer);
    const template = Template.fromStack(stack);
    const ApiId = { Ref: logicalId(template, 'AWS::ApiGatewayV2::Api', 'Api') };

    template.resourceCountIs(AUTHORIZER, 1);
    template.hasResourceProperties(AUTHORIZER, {
      ApiId,
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerResultTtlInSeconds: 0,
      AuthorizerUri: Match.objectLike({}),
    });
    const AuthorizerId = { Ref: logicalId(template, AUTHORIZER, 'Api') };
    template.resourcePropertiesCountIs(ROUTE, { ApiId, AuthorizationType: 'CUSTOM', AuthorizerId }, 3);
  });

  it('has the function called where it is', () => {
    const { stack, authorizer } = anAuthorizer({}, { account: '123456789012', region: 'eu-west-1' });
    addApi(stack, 'Api', authorizer);
    const [resource] = Object.values(Template.fromStack(stack).findResources(AUTHORIZER));
    const uri = JSON.stringify(resource?.['Properties'].AuthorizerUri);

    expect(uri).toContain(':lambda:path/2015-03-31/functions/');
    expect(uri).toContain('"/invocations"');
  });

  test.each<[string, HttpApiOptions, 'simple' | 'iam', object]>([
    [
      'payload 2.0 by policies',
      {},
      'iam',
      { AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: false },
    ],
    [
      'payload 1.0',
      { payloadFormat: '1.0' },
      'simple',
      { AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: Match.absent() },
    ],
  ])('answers %s when told to', (_what, options, httpApiAnswer, properties) => {
    const { stack, authorizer } = anAuthorizer({ httpApiAnswer });
    addApi(stack, 'Api', authorizer, options);
    const template = Template.fromStack(stack);

    template.hasResourceProperties(AUTHORIZER, properties);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          REVOCABLE_AUTHORIZER_HTTP_API_ANSWER: httpApiAnswer === 'iam' ? 'iam' : Match.absent(),
        }),
      },
      Timeout: 5,
    });
  });

  it('serves several APIs, several payloads of one API, and two authorizers on one API', () => {
    const { stack, authorizer } = anAuthorizer();
    const other = new RevocableAuthorizer(stack, 'Other', { issuers: [anIssuer()] });
    const api = addApi(stack, 'First', authorizer);
    addApi(stack, 'Second', authorizer);
    api.addRoutes({
      path: '/old',
      integration: aBackend(),
      authorizer: authorizer.forHttpApi({ payloadFormat: '1.0' }),
    });
    api.addRoutes({ path: '/other', integration: aBackend(), authorizer: other.forHttpApi() });
    const template = Template.fromStack(stack);

    template.resourceCountIs(AUTHORIZER, 4);
    template.resourcePropertiesCountIs(
      AUTHORIZER,
      { ApiId: { Ref: logicalId(template, 'AWS::ApiGatewayV2::Api', 'First') } },
      3,
    );
    const ids = Object.values(template.findResources(ROUTE)).map(
      ({ Properties }) => Properties.AuthorizerId.Ref,
    );
    expect(new Set(ids).size).toBe(4);
  });

  it('adds one authorizer to an API that is imported twice', () => {
    const { stack, authorizer } = anAuthorizer();
    for (const id of ['One', 'Two']) {
      const httpApi = HttpApi.fromHttpApiAttributes(stack, id, { httpApiId: 'a1b2c3' });
      authorizer.forHttpApi().bind({ route: { httpApi } as never, scope: httpApi });
    }

    Template.fromStack(stack).resourceCountIs(AUTHORIZER, 1);
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
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Join': [
          '',
          Match.arrayWith([
            { Ref: logicalId(template, 'AWS::ApiGatewayV2::Api', 'Api') },
            '/authorizers/',
            { Ref: logicalId(template, AUTHORIZER, 'Api') },
          ]),
        ],
      },
    });
  });

  it('leaves preflight requests to API Gateway, without a route for them', () => {
    const { stack, authorizer } = anAuthorizer();
    const api = new HttpApi(stack, 'Api', {
      defaultAuthorizer: authorizer.forHttpApi(),
      corsPreflight: { allowOrigins: ['https://app.example.com'], allowMethods: [CorsHttpMethod.GET] },
    });
    api.addRoutes({ path: '/orders', methods: [HttpMethod.GET], integration: aBackend() });
    const template = Template.fromStack(stack);

    template.resourceCountIs(ROUTE, 1);
    template.hasResourceProperties(ROUTE, { RouteKey: 'GET /orders' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: Match.objectLike({ AllowOrigins: ['https://app.example.com'] }),
    });
  });

  it('requires no identity source when there are several places for the token', () => {
    const { stack, authorizer } = anAuthorizer({
      identitySources: [IdentitySource.header('Authorization'), IdentitySource.cookie('token')],
    });
    addApi(stack, 'Api', authorizer);
    const template = Template.fromStack(stack);

    template.hasResourceProperties(AUTHORIZER, {
      IdentitySource: Match.absent(),
      AuthorizerResultTtlInSeconds: 0,
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          REVOCABLE_AUTHORIZER_IDENTITY_SOURCES:
            '[{"in":"header","name":"authorization"},{"in":"cookie","name":"token"}]',
        }),
      },
    });
  });

  it('caches when told to', () => {
    const { stack, authorizer } = anAuthorizer({ resultsCacheTtl: Duration.minutes(1) });
    addApi(stack, 'Api', authorizer);

    Template.fromStack(stack).hasResourceProperties(AUTHORIZER, { AuthorizerResultTtlInSeconds: 60 });
  });

  const CACHED_ROUTES = {
    routes: { 'ANY /{proxy+}': 'any' },
    resultsCacheTtl: Duration.minutes(1),
  } as const;

  test.each<[string, HttpApiOptions, 'simple' | 'iam']>([
    ['payload 1.0', { payloadFormat: '1.0' }, 'simple'],
    ['payload 2.0 by policies', {}, 'iam'],
  ])(
    'caches by all that distinguishes routes if there are rules, with %s',
    (_what, options, httpApiAnswer) => {
      const identitySourceOf = (props: Partial<RevocableAuthorizerProps>, IdentitySource: string[]) => {
        const { stack, authorizer } = anAuthorizer({ ...CACHED_ROUTES, httpApiAnswer, ...props });
        addApi(stack, 'Api', authorizer, options);
        Template.fromStack(stack).hasResourceProperties(AUTHORIZER, { IdentitySource });
      };
      const token = '$request.header.Authorization';

      identitySourceOf({}, [
        token,
        '$context.httpMethod',
        '$context.path',
        '$context.domainName',
        '$context.customDomain.basePathMatched',
      ]);
      identitySourceOf({ resultsCacheTtl: undefined }, [token]);
      identitySourceOf({ routes: undefined }, [token]);
    },
  );

  it('refuses to cache simple responses about routes, and says what to do', () => {
    const attach = (props: Partial<RevocableAuthorizerProps>) => () => {
      const { stack, authorizer } = anAuthorizer({ ...CACHED_ROUTES, ...props });
      addApi(stack, 'Api', authorizer);
    };

    expect(attach({})).toThrow(
      'forHttpApi(): there are "routes", option "resultsCacheTtl" is 60 seconds, and option "httpApiAnswer" is "simple"; API Gateway would use the yes for one route on others, so give httpApiAnswer: \'iam\'',
    );
    expect(attach({ resultsCacheTtl: undefined })).not.toThrow();
    expect(attach({ routes: undefined })).not.toThrow();
  });

  test.each<[string, HttpApiOptions, string]>([
    [
      'another payload',
      { payloadFormat: '3.0' as never },
      'option "payloadFormat" is "3.0"; give "2.0" or "1.0".',
    ],
    ['a misspelled option', { payload: '1.0' } as never, 'there is no option "payload"'],
  ])('refuses %s', (_what, options, message) => {
    expect(() => anAuthorizer().authorizer.forHttpApi(options)).toThrow(message);
  });
});
