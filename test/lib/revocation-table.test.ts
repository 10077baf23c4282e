import { describe, expect, it } from '@jest/globals';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { anAuthorizer, logicalId, statementsOf } from './an-authorizer.ts';

const TYPE = 'AWS::DynamoDB::GlobalTable';
const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/3a1e7a8e-0000-4000-8000-000000000000';

function aKey(arn: string) {
  return Key.fromKeyArn(new Stack(undefined, 'Keys', { env: { region: 'eu-west-1' } }), 'Key', arn);
}

describe('the revocation table', () => {
  it('has the key and the time-to-live attribute that the functions use, and is paid on demand', () => {
    Template.fromStack(anAuthorizer().stack).hasResourceProperties(TYPE, {
      KeySchema: [
        { AttributeName: 'key', KeyType: 'HASH' },
        { AttributeName: 'entry', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        Match.objectLike({
          IndexName: 'listing',
          KeySchema: [
            { AttributeName: 'listing', KeyType: 'HASH' },
            { AttributeName: 'changedAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        }),
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  it('is encrypted, restorable, protected from deletion and kept by default', () => {
    Template.fromStack(anAuthorizer().stack).hasResource(TYPE, {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          Match.objectLike({
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        ],
      },
    });
  });

  it('goes with the stack when told to', () => {
    const { stack } = anAuthorizer({
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      pointInTimeRecovery: false,
    });
    Template.fromStack(stack).hasResource(TYPE, {
      DeletionPolicy: 'Delete',
      Properties: {
        Replicas: [
          Match.objectLike({
            DeletionProtectionEnabled: false,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          }),
        ],
      },
    });
  });

  it("can be encrypted by one's own key, which the functions may then use", () => {
    const { stack } = anAuthorizer({ encryptionKey: aKey(KEY_ARN) }, { region: 'eu-west-1' });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(TYPE, {
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: KEY_ARN } })],
    });
    expect(statementsOf(template, 'AuthorizerFunctionRole').slice(2)).toEqual([
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: KEY_ARN },
    ]);
    expect(JSON.stringify(statementsOf(template, 'AuthorizerRevocationsRole'))).toContain(
      'kms:GenerateDataKey',
    );
  });

  it("refuses one's own key in a stack without a region, and says what to do", () => {
    expect(() => anAuthorizer({ encryptionKey: aKey(KEY_ARN) })).toThrow(
      "give the stack one: env: { region: 'eu-west-1' }.",
    );
  });

  it('may be read by the authorizer, in batches only, and by nothing else', () => {
    const template = Template.fromStack(anAuthorizer().stack);
    const table = { 'Fn::GetAtt': [logicalId(template, TYPE, 'AuthorizerTable'), 'Arn'] };
    expect(statementsOf(template, 'AuthorizerFunctionRole').slice(1)).toEqual([
      { Effect: 'Allow', Action: 'dynamodb:BatchGetItem', Resource: table },
    ]);
  });

  it('may be read and written by the admin function, which cannot delete, and scan its index only', () => {
    const template = Template.fromStack(anAuthorizer().stack);
    const table = { 'Fn::GetAtt': [logicalId(template, TYPE, 'AuthorizerTable'), 'Arn'] };
    const actionsOn = statementsOf(template, 'AuthorizerRevocationsRole').filter(({ Action }) =>
      JSON.stringify(Action).includes('dynamodb:'),
    );
    expect(actionsOn).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        Resource: table,
      },
      {
        Effect: 'Allow',
        Action: ['dynamodb:Query', 'dynamodb:Scan'],
        Resource: { 'Fn::Join': ['', [table, '/index/listing']] },
      },
    ]);
  });
});
