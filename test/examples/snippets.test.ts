// Attaching without CDK: the snippets parse, name only what there is, and set up what the constructs set up.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { DENIAL_MESSAGE } from '../../lib/denial-bodies.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { parseHcl } from '../support/parse-hcl.ts';

const examples = join(import.meta.dirname, '../../examples');

/** What the constructs make of the three kinds of APIs. */
function ours() {
  const stack = new Stack(new App(), 'Ours');
  const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
    authorizerFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer',
  });
  new RestApi(stack, 'Rest').root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
  new HttpApi(stack, 'Http', {
    defaultIntegration: new HttpUrlIntegration('Orders', 'https://orders.example.com'),
    defaultAuthorizer: authorizer.forHttpApi(),
  });
  new WebSocketApi(stack, 'WebSocket', {
    connectRouteOptions: {
      integration: new WebSocketMockIntegration('Connect'),
      authorizer: authorizer.forWebSocketApi(),
    },
  });
  const template = Template.fromStack(stack);
  const properties = (type: string) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  const [rest] = properties('AWS::ApiGateway::Authorizer');
  const [one, other] = properties('AWS::ApiGatewayV2::Authorizer');
  const [http, webSocket] = one?.EnableSimpleResponses ? [one, other] : [other, one];
  return { rest, http, webSocket };
}

describe('the SAM example', () => {
  const stack = new Stack(new App(), 'Sam');
  // Parses the short forms of CloudFormation, and refuses types, properties and references that are not there.
  new CfnInclude(stack, 'Template', { templateFile: join(examples, 'sam/template.yaml') });
  const { Resources } = Template.fromStack(stack).toJSON() as {
    Resources: Record<string, { Properties: Record<string, never> }>;
  };
  const authorizerOf = (name: string): Record<string, never> => {
    const { Auth } = Resources[name]?.Properties ?? {};
    const { Authorizers, DefaultAuthorizer } = Auth as unknown as {
      Authorizers: Record<string, Record<string, never>>;
      DefaultAuthorizer: string;
    };
    return Authorizers[DefaultAuthorizer] ?? {};
  };
  const { rest, http, webSocket } = ours();

  it('sets a REST API up as forRestApi does, without an authorizer on preflight', () => {
    expect(authorizerOf('RestApi')).toEqual({
      FunctionPayloadType: 'TOKEN',
      FunctionArn: { Ref: 'AuthorizerFunctionArn' },
      Identity: {
        Header: 'Authorization',
        ValidationExpression: rest?.IdentityValidationExpression,
        ReauthorizeEvery: rest?.AuthorizerResultTtlInSeconds,
      },
    });
    expect(Resources['RestApi']?.Properties['Auth']).toMatchObject({
      AddDefaultAuthorizerToCorsPreflight: false,
    });
    expect(JSON.stringify(Resources['RestApi'])).toContain(DENIAL_MESSAGE);
  });

  it('deploys a REST API anew when the authorizer function was replaced', () => {
    expect(Resources['RestApi']?.Properties).toMatchObject({ AlwaysDeploy: true });
  });

  it('sets an HTTP API up as forHttpApi does', () => {
    expect(authorizerOf('HttpApi')).toEqual({
      AuthorizerPayloadFormatVersion: http?.AuthorizerPayloadFormatVersion,
      EnableSimpleResponses: http?.EnableSimpleResponses,
      EnableFunctionDefaultPermissions: true,
      FunctionArn: { Ref: 'AuthorizerFunctionArn' },
      Identity: { Headers: ['Authorization'], ReauthorizeEvery: http?.AuthorizerResultTtlInSeconds },
    });
  });

  it('sets a WebSocket API up as forWebSocketApi does, and lets it invoke the authorizer only', () => {
    const { Name, ApiId, AuthorizerUri, ...settings } = Resources['WebSocketAuthorizer']?.Properties ?? {};
    const { Name: _name, ApiId: _api, AuthorizerUri: _uri, ...expected } = webSocket ?? {};
    expect(settings).toEqual(expected);
    expect(Resources['Connect']?.Properties).toMatchObject({
      RouteKey: '$connect',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: 'WebSocketAuthorizer' },
    });
    expect(JSON.stringify(Resources['WebSocketAuthorizerPermission'])).toMatch(
      /\{WebSocketApi\}\/authorizers\/\$\{WebSocketAuthorizer\}/,
    );
  });
});

const METHOD = ['rest_api_id', 'resource_id', 'http_method'];

/** The arguments of the AWS provider that the example may use. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_authorizer: [
    'name',
    'rest_api_id',
    'type',
    'authorizer_uri',
    'identity_source',
    'identity_validation_expression',
    'authorizer_result_ttl_in_seconds',
  ],
  aws_api_gateway_gateway_response: [
    'rest_api_id',
    'response_type',
    'status_code',
    'response_templates',
    'response_parameters',
    'for_each',
  ],
  aws_api_gateway_method: [...METHOD, 'authorization'],
  aws_api_gateway_integration: [...METHOD, 'type', 'request_templates'],
  aws_api_gateway_method_response: [...METHOD, 'status_code', 'response_parameters'],
  aws_api_gateway_integration_response: [...METHOD, 'status_code', 'response_parameters', 'depends_on'],
  aws_api_gateway_deployment: ['rest_api_id', 'triggers'],
  aws_apigatewayv2_authorizer: [
    'name',
    'api_id',
    'authorizer_type',
    'authorizer_uri',
    'authorizer_payload_format_version',
    'enable_simple_responses',
    'identity_sources',
    'authorizer_result_ttl_in_seconds',
  ],
  aws_lambda_permission: ['for_each', 'action', 'function_name', 'principal', 'source_arn'],
};

/** The blocks in the resources. */
const BLOCKS: Readonly<Record<string, readonly string[]>> = { aws_api_gateway_deployment: ['lifecycle'] };

describe('the Terraform example', () => {
  const text = readFileSync(join(examples, 'terraform/main.tf'), 'utf8');
  const blocks = parseHcl(text);
  const resources = blocks.filter(({ type }) => type === 'resource');
  const resource = (type: string, name: string) =>
    resources.find(({ labels }) => labels[0] === type && labels[1] === name)?.attributes ?? {};
  const { rest, http, webSocket } = ours();

  it('names only resources and arguments of the AWS provider', () => {
    for (const { labels, attributes, blocks: inner } of resources) {
      expect(ARGUMENTS[labels[0] ?? '']).toEqual(expect.arrayContaining(Object.keys(attributes)));
      expect(inner.map(({ type }) => type)).toEqual(BLOCKS[labels[0] ?? ''] ?? []);
    }
  });

  it('refers only to what it declares', () => {
    const declared = blocks.flatMap(({ type, labels, attributes }) => {
      if (type === 'variable') return [`var.${labels[0]}`];
      if (type === 'locals') return Object.keys(attributes).map((name) => `local.${name}`);
      if (type === 'data') return [`data.${labels.join('.')}`];
      return type === 'resource' ? [labels.join('.')] : [];
    });
    const references = text.match(/\b(var|local)\.\w+|\bdata\.\w+\.\w+|\baws_\w+\.\w+(?=\.id)/g) ?? [];
    expect(new Set(references)).toEqual(new Set(references.filter((name) => declared.includes(name))));
    expect(references.length).toBeGreaterThan(10);
  });

  it('deploys the REST API anew when its authorizer, gateway responses or preflight responses change', () => {
    const { triggers = '' } = resource('aws_api_gateway_deployment', 'rest');
    const names = resources.map(({ labels }) => labels.join('.'));
    for (const name of names.filter((each) =>
      /^aws_api_gateway_(authorizer|gateway_response|integration_response)\./.test(each),
    ))
      expect(triggers).toContain(`${name},`);
    expect(triggers).toContain('aws_api_gateway_authorizer.rest');
  });

  it('sets each kind of API up as the constructs do', () => {
    expect(resource('aws_api_gateway_authorizer', 'rest')).toMatchObject({
      type: JSON.stringify(rest?.Type),
      identity_source: JSON.stringify(rest?.IdentitySource),
      identity_validation_expression: JSON.stringify(rest?.IdentityValidationExpression),
      authorizer_result_ttl_in_seconds: '0',
    });
    expect(resource('aws_apigatewayv2_authorizer', 'http')).toMatchObject({
      authorizer_type: JSON.stringify(http?.AuthorizerType),
      authorizer_payload_format_version: JSON.stringify(http?.AuthorizerPayloadFormatVersion),
      enable_simple_responses: String(http?.EnableSimpleResponses),
      identity_sources: JSON.stringify(http?.IdentitySource),
      authorizer_result_ttl_in_seconds: '0',
    });
    expect(resource('aws_apigatewayv2_authorizer', 'web_socket')).toMatchObject({
      identity_sources: JSON.stringify(webSocket?.IdentitySource),
    });
    expect(text).toContain(DENIAL_MESSAGE);
  });

  test.each([
    ['an open block', 'resource "a" "b" {'],
    ['a closed block that nobody opened', '}'],
    ['an attribute without a value', 'locals {\n a =\n}'],
    ['brackets that cross', 'locals {\n a = [(1])\n}'],
    ['an open string', 'locals {\n a = "x\n}'],
    ['an attribute twice', 'locals {\n a = 1\n a = 2\n}'],
  ])('would not pass with %s', (_what, broken) => {
    expect(() => parseHcl(broken)).toThrow(/^line \d+: /);
  });
});
