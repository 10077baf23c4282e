import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { LambdaFunctions } from '../../playground/lambda-functions.ts';
import { localValues } from '../../playground/local-values.ts';
import { Template } from '../../playground/template.ts';

const assembly = mkdtempSync(join(tmpdir(), 'cloud assembly '));
let functions: LambdaFunctions;

beforeAll(() => {
  mkdirSync(join(assembly, 'asset.1'));
  writeFileSync(join(assembly, 'asset.1', 'index.cjs'), 'exports.handler = async () => process.env;');
  const template = new Template({
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table' },
      AdminF00: {
        Type: 'AWS::Lambda::Function',
        Metadata: { 'aws:cdk:path': 'Stack/Authorizer/Revocations/Resource', 'aws:asset:path': 'asset.1' },
        Properties: {
          Handler: 'index.handler',
          Timeout: 7,
          Environment: { Variables: { TABLE_NAME: { Ref: 'Table' } } },
        },
      },
      Inline: { Type: 'AWS::Lambda::Function', Properties: { Handler: 'index.handler', Code: {} } },
    },
  });
  functions = new LambdaFunctions({
    assembly,
    template,
    lookup: localValues(template, 'http://127.0.0.1:4010/issuer'),
    environment: (declared) => ({ ...declared, EXTRA: 'x' }),
    log: () => {},
  });
});
afterAll(async () => {
  await functions.close();
  rmSync(assembly, { recursive: true });
});

describe('LambdaFunctions', () => {
  it('opens the functions whose code is in the assembly', () => {
    expect(functions.names).toEqual(['Authorizer-Revocations']);
  });

  test.each([
    'Authorizer-Revocations',
    'AdminF00',
    'Authorizer-Revocations:$LATEST',
    'function:Authorizer-Revocations',
    '123456789012:function:Authorizer-Revocations',
    'arn:aws:lambda:us-east-1:123456789012:function:Authorizer-Revocations',
    'arn:aws:lambda:us-east-1:123456789012:function:Authorizer-Revocations:$LATEST',
  ])('finds %s', (id) => {
    expect(functions.find(id)?.settings).toMatchObject({ name: 'Authorizer-Revocations', timeoutSeconds: 7 });
  });

  test.each([
    '',
    'Revocations',
    'Authorizer-Revocations:prod',
    'arn:aws:s3:::Authorizer-Revocations',
    'Inline',
  ])('does not find %j', (id) => {
    expect(functions.find(id)).toBeUndefined();
  });

  it('gives the function what the template declares, what Lambda sets, and no credentials of ours', async () => {
    const result = await functions.find('AdminF00')?.invoke('{}');
    const environment = JSON.parse(result?.ok ? result.payload : '{}') as Record<string, string>;

    expect(environment).toMatchObject({
      TABLE_NAME: 'Table',
      EXTRA: 'x',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_LAMBDA_FUNCTION_NAME: 'Authorizer-Revocations',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    });
    expect(environment).not.toHaveProperty('HOME');
    expect(environment).not.toHaveProperty('NODE_ENV'); // Jest sets it
  });
});
