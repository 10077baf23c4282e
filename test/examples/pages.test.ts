// What a page of another origin needs of each example: a preflight request that lets the token through, and responses
// to refusals and faults that the browser does not hide from the page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { App, Stack as EmptyStack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import type { Construct } from 'constructs';
import { RestTokenStack } from '../../examples/rest-token/rest-token-stack.ts';
import { SelfServiceStack } from '../../examples/self-service/self-service-stack.ts';
import { DENIAL_RESPONSE_TYPES, denialBodies } from '../../lib/denial-bodies.ts';
import { parseHcl } from '../support/parse-hcl.ts';

const root = join(import.meta.dirname, '../..');
const PAGE = 'https://app.example.com';

interface GatewayResponse {
  readonly status?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** By type: what `addDenialResponses` writes, and beside it every other error of API Gateway. */
function expectedResponses(): Record<string, GatewayResponse> {
  const origin = { 'Access-Control-Allow-Origin': `'${PAGE}'` };
  const bodies = denialBodies('generic');
  const ours = DENIAL_RESPONSE_TYPES.map((type) => {
    const { statusCode, challenge, template } = bodies[type];
    const headers = challenge === undefined ? {} : challengeOf(challenge);
    return [type, { status: statusCode, headers: { ...origin, ...headers }, body: template }] as const;
  });
  return { ...Object.fromEntries(ours), DEFAULT_4XX: { headers: origin }, DEFAULT_5XX: { headers: origin } };
}

const challengeOf = (challenge: string) => ({
  'Access-Control-Expose-Headers': "'WWW-Authenticate'",
  'WWW-Authenticate': `'${challenge}'`,
});

type Properties = Readonly<Record<string, never>>;

/** Parses CloudFormation, SAM's own types included, and refuses properties and references that are not there. */
function parseTemplate(templateFile: string): Record<string, { Type: string; Properties: Properties }> {
  const stack = new EmptyStack(new App(), 'Parsed');
  new CfnInclude(stack, 'Template', { templateFile });
  return Template.fromStack(stack).toJSON()['Resources'];
}

describe('the SAM example', () => {
  const { RestApi, HttpApi } = parseTemplate(join(root, 'examples/sam/template.yaml'));

  it('lets a preflight request ask for the header Authorization', () => {
    expect(RestApi?.Properties['Cors']).toEqual({
      AllowOrigin: `'${PAGE}'`,
      AllowHeaders: "'Authorization'",
      AllowMethods: "'GET,OPTIONS'",
    });
    expect(HttpApi?.Properties['CorsConfiguration']).toEqual({
      AllowOrigins: [PAGE],
      AllowHeaders: ['Authorization'],
      AllowMethods: ['GET'],
    });
  });

  it('lets its page read refusals and faults', () => {
    const written = RestApi?.Properties['GatewayResponses'] as unknown as Record<string, SamResponse>;
    const responses = Object.entries(written).map(([type, response]) => [type, ofSam(response)]);
    expect(Object.fromEntries(responses)).toEqual(expectedResponses());
  });
});

interface SamResponse {
  readonly StatusCode?: number;
  readonly ResponseParameters: { readonly Headers: Record<string, string> };
  readonly ResponseTemplates?: Record<string, string>;
}

function ofSam({ StatusCode, ResponseParameters, ResponseTemplates }: SamResponse): GatewayResponse {
  return {
    ...(StatusCode !== undefined && { status: String(StatusCode) }),
    headers: ResponseParameters.Headers,
    ...(ResponseTemplates && { body: ResponseTemplates['application/json'] ?? '' }),
  };
}

describe('the gateway responses of the Serverless Framework example', () => {
  const folder = mkdtempSync(join(tmpdir(), 'serverless-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('let its page read refusals and faults', () => {
    const text = readFileSync(join(root, 'examples/serverless/gateway-responses.yaml'), 'utf8');
    const file = join(folder, 'template.yaml');
    // The framework adds the API under this name.
    writeFileSync(
      file,
      `${text}  ApiGatewayRestApi: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }\n`,
    );
    expect(gatewayResponses(Object.values(parseTemplate(file)))).toEqual(expectedResponses());
  });

  it('are in the example, whose preflight requests may ask for the header Authorization', () => {
    const [, rest = ''] =
      /for a REST API\n(.*?)for an HTTP API/s.exec(readDocument('docs/attaching.md')) ?? [];
    expect(rest).toMatch(/cors:\n +origin: https:\/\/app\.example\.com\n +headers: \[Authorization\]/);
    expect(rest).toMatch(/\$\{file\(gateway-responses\.yaml\)\}/);
    const [, http = ''] = /for an HTTP API\n(.*?)- \*\*/s.exec(readDocument('docs/attaching.md')) ?? [];
    expect(http).toMatch(/allowedHeaders: \[Authorization\]/);
  });
});

function readDocument(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

function gatewayResponses(
  resources: readonly { readonly Type: string; readonly Properties: Properties }[],
): Record<string, GatewayResponse> {
  const found = resources.filter(({ Type }) => Type === 'AWS::ApiGateway::GatewayResponse');
  return Object.fromEntries(
    found.map(({ Properties: { ResponseType, StatusCode, ResponseParameters, ResponseTemplates } }) => [
      ResponseType,
      {
        ...(StatusCode !== undefined && { status: StatusCode }),
        headers: headersOf(ResponseParameters ?? {}),
        ...(ResponseTemplates !== undefined && { body: ResponseTemplates['application/json'] }),
      },
    ]),
  );
}

function headersOf(parameters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name.replace('gatewayresponse.header.', ''), value]),
  );
}

describe('the Terraform example', () => {
  const blocks = parseHcl(readFileSync(join(root, 'examples/terraform/main.tf'), 'utf8'));
  const resources = (type: string) =>
    blocks.filter((block) => block.type === 'resource' && block.labels[0] === type);
  const parse = (literal: string) => JSON.parse(literal) as string;
  /** The entries of an object whose keys and values are strings. */
  const entries = (text = '') =>
    Object.fromEntries(
      [...text.matchAll(/("[^"]+")\s+= ("(?:\\.|[^"\\])*")/g)].map(([, name = '', value = '']) => [
        parse(name),
        parse(value),
      ]),
    );

  it('lets a preflight request ask for the header Authorization, without an authorizer', () => {
    const [method] = resources('aws_api_gateway_method');
    expect(method?.attributes).toMatchObject({ http_method: '"OPTIONS"', authorization: '"NONE"' });
    const [response] = resources('aws_api_gateway_integration_response');
    expect(entries(response?.attributes['response_parameters'])).toEqual({
      'method.response.header.Access-Control-Allow-Origin': `'${PAGE}'`,
      'method.response.header.Access-Control-Allow-Headers': "'Authorization'",
      'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
    });
  });

  it('lets its page read refusals and faults', () => {
    const responses = resources('aws_api_gateway_gateway_response').flatMap(({ attributes }) => {
      const types = attributes['for_each']?.match(/"\w+"/g) ?? [attributes['response_type'] ?? ''];
      const { status_code: status, response_templates: templates } = attributes;
      const response: GatewayResponse = {
        ...(status !== undefined && { status: parse(status) }),
        headers: headersOf(entries(attributes['response_parameters'])),
        ...(templates !== undefined && { body: entries(templates)['application/json'] ?? '' }),
      };
      return types.map((type) => [parse(type), response]);
    });
    expect(Object.fromEntries(responses)).toEqual(expectedResponses());
  });
});

type Example = new (scope: Construct, id: string) => Stack;

describe.each<[string, Example, string]>([
  ['rest-token', RestTokenStack, 'Authorization'],
  ['self-service', SelfServiceStack, 'Authorization,Content-Type'],
])('the example %s', (_name, Stack, allowed) => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const template = Template.fromStack(new Stack(app, 'Example'));

  it('lets a preflight request ask for the header Authorization', () => {
    const preflights = Object.values(template.findResources('AWS::ApiGateway::Method')).filter(
      ({ Properties }) => Properties.HttpMethod === 'OPTIONS',
    );
    expect(preflights.length).toBeGreaterThan(0);
    for (const { Properties } of preflights) {
      expect(Properties.AuthorizationType).toBe('NONE');
      expect(Properties.Integration.IntegrationResponses[0].ResponseParameters).toMatchObject({
        'method.response.header.Access-Control-Allow-Origin': `'${PAGE}'`,
        'method.response.header.Access-Control-Allow-Headers': `'${allowed}'`,
      });
    }
  });

  test.each([...DENIAL_RESPONSE_TYPES])('lets its page read %s', (type) => {
    const responses = gatewayResponses(
      Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')) as never,
    );
    expect(responses[type]).toEqual(expectedResponses()[type]);
  });
});
