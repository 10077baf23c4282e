import { describe, expect, it, test } from '@jest/globals';
import { localValues } from '../../playground/local-values.ts';
import { Template } from '../../playground/template.ts';

const at = (path: string) => ({ Metadata: { 'aws:cdk:path': path } });

const template = new Template({
  Parameters: { BootstrapVersion: { Default: '/cdk/version' } },
  Resources: {
    Pool1: { Type: 'AWS::Cognito::UserPool', ...at('Stack/Demo/UserPool/Resource') },
    Pool2: { Type: 'AWS::Cognito::UserPool', ...at('Stack/Partners/Resource') },
    Client: { Type: 'AWS::Cognito::UserPoolClient', ...at('Stack/Demo/UserPool/Client/Resource') },
    Admin: { Type: 'AWS::Lambda::Function', ...at('Stack/Authorizer/Revocations/Resource') },
    Named: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'my-function' } },
    Table: { Type: 'AWS::DynamoDB::GlobalTable', ...at('Stack/Authorizer/Table/Resource') },
    Api: { Type: 'AWS::ApiGateway::RestApi', ...at('Stack/Demo/Api/Resource') },
    Method: { Type: 'AWS::ApiGateway::Method', ...at('Stack/Demo/Api/GET/Resource') },
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { StageName: 'prod' } },
  },
});
const values = localValues(template, 'http://127.0.0.1:4010/issuer');

describe('localValues', () => {
  test.each([
    ['a function by its construct path', 'Admin', 'Authorizer-Revocations'],
    ['a function by its given name', 'Named', 'my-function'],
    ['a table by its construct path', 'Table', 'Authorizer-Table'],
    ['a user pool client by its construct path', 'Client', 'Demo-UserPool-Client'],
    ['a stage by its name', 'Stage', 'prod'],
    ['what only the template refers to by its logical id', 'Method', 'Method'],
    ['the region', 'AWS::Region', 'us-east-1'],
    ['a parameter by its default', 'BootstrapVersion', '/cdk/version'],
    ['nothing by nothing', 'AWS::NoValue', undefined],
  ])('answers Ref of %s', (_what, logicalId, value) => {
    expect(values.ref(logicalId)).toBe(value);
  });

  it('gives a REST API an id like those of AWS, the same each time', () => {
    expect(values.ref('Api')).toMatch(/^[0-9a-z]{10}$/);
    expect(values.ref('Api')).toBe(localValues(template, 'http://elsewhere').ref('Api'));
  });

  test.each([
    ['Admin', 'Arn', 'arn:aws:lambda:us-east-1:123456789012:function:Authorizer-Revocations'],
    ['Table', 'Arn', 'arn:aws:dynamodb:us-east-1:123456789012:table/Authorizer-Table'],
    ['Pool1', 'ProviderURL', 'http://127.0.0.1:4010/issuer'],
    ['Pool1', 'ProviderName', '127.0.0.1:4010/issuer'],
    ['Pool2', 'ProviderURL', 'http://127.0.0.1:4010/issuer/Partners'],
    ['Api', 'RootResourceId', 'Api.RootResourceId'],
  ])('answers Fn::GetAtt %s.%s', (logicalId, attribute, value) => {
    expect(values.getAtt(logicalId, attribute)).toBe(value);
  });

  it('refuses an attribute of a resource that the template does not have', () => {
    expect(() => values.getAtt('Nowhere', 'Arn')).toThrow('Nowhere');
  });
});
