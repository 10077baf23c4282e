import { describe, expect, it, test } from '@jest/globals';
import { App, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AuthorizerStack } from '../../lib/authorizer-stack.ts';
import type { AuthorizerConfig } from '../../lib/define-config.ts';
import { anIssuer, logicalId } from './an-authorizer.ts';

const TABLE = 'AWS::DynamoDB::GlobalTable';
const FUNCTION = 'AWS::Lambda::Function';

function templateOf(config: AuthorizerConfig): Template {
  return Template.fromStack(new AuthorizerStack(new App(), config));
}

describe('AuthorizerStack', () => {
  test.each([
    ['authorizer-function-arn', 'AuthorizerFunctionArn', 'AuthorizerFunction', 'Arn'],
    ['revocations-function-name', 'RevocationsFunctionName', 'AuthorizerRevocations', undefined],
  ])('publishes the parameter %s and the output %s', (parameter, output, prefix, attribute) => {
    const template = templateOf({ issuers: [anIssuer()], stackName: 'Orders' });
    const id = logicalId(template, FUNCTION, prefix);
    const Value = attribute === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, attribute] };
    template.hasResourceProperties('AWS::SSM::Parameter', { Name: `/Orders/${parameter}`, Value });
    template.hasOutput(output, { Value });
  });

  test.each([
    [undefined, '0'],
    [Duration.minutes(5), '300'],
  ])('publishes how long a cache elsewhere may be (%s), in seconds', (externalResultsCacheTtl, Value) => {
    const template = templateOf({ issuers: [anIssuer()], stackName: 'Orders', externalResultsCacheTtl });
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/Orders/external-results-cache-ttl-seconds',
      Value,
    });
    template.hasOutput('ExternalResultsCacheTtlSeconds', { Value });
  });

  it('holds the authorizer and nothing of the demo for own issuers, and keeps the table', () => {
    const template = templateOf({ issuers: [anIssuer()] });
    template.resourceCountIs(FUNCTION, 2);
    template.resourceCountIs('AWS::Cognito::UserPool', 0);
    template.resourceCountIs('AWS::ApiGateway::RestApi', 0);
    template.hasResource(TABLE, { DeletionPolicy: 'Retain' });
    template.hasOutput('TableName', { Value: { Ref: logicalId(template, TABLE, 'AuthorizerTable') } });
  });

  it('leaves nothing behind when a demo is destroyed', () => {
    const resources = Object.entries(templateOf({ demo: true }).toJSON()['Resources']);
    expect(resources.filter(([, resource]) => policyOf(resource) === 'Retain')).toEqual([]);
    templateOf({ demo: true }).hasResourceProperties(TABLE, {
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })],
    });
  });

  it('keeps the table of a demo when told to', () => {
    const template = templateOf({ demo: true, removalPolicy: RemovalPolicy.RETAIN });
    template.hasResource(TABLE, { DeletionPolicy: 'Retain' });
  });

  it("trusts the demo's pool beside one's own issuers", () => {
    const [authorizer] = Object.values(
      templateOf({ demo: true, issuers: [anIssuer()] }).findResources(FUNCTION, {
        Properties: { Timeout: 30 },
      }),
    );
    const issuers = JSON.stringify(
      authorizer?.['Properties'].Environment.Variables.REVOCABLE_AUTHORIZER_ISSUERS,
    );
    expect(issuers).toContain('https://idp.example.com/');
    expect(issuers).toContain('ProviderURL');
  });

  it('encrypts the table by the key of the configuration', () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/3a1e7a8e-0000-4000-8000-000000000000';
    templateOf({ issuers: [anIssuer()], encryptionKeyArn }).hasResourceProperties(TABLE, {
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: encryptionKeyArn } })],
    });
  });

  it('tags what it holds', () => {
    templateOf({ issuers: [anIssuer()], tags: { team: 'orders' } }).allResourcesProperties(FUNCTION, {
      Tags: [{ Key: 'team', Value: 'orders' }],
    });
  });

  test.each<[string, AuthorizerConfig]>([
    ['with the demo', { demo: true }],
    ["for one's own issuers", { issuers: [anIssuer()] }],
  ])('leaves cdk-nag without findings %s', (_what, config) => {
    const app = new App();
    new AuthorizerStack(app, config);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  it('hides nothing else from cdk-nag', () => {
    const app = new App();
    new Bucket(new AuthorizerStack(app, { demo: true }), 'Bucket');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).toThrow('AwsSolutions-S1');
  });
});

function policyOf(resource: unknown): unknown {
  return (resource as { readonly DeletionPolicy?: string }).DeletionPolicy;
}
