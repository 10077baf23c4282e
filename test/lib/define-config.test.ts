import { describe, expect, it, test } from '@jest/globals';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { AuthorizerConfig } from '../../lib/define-config.ts';
import { defineConfig } from '../../lib/define-config.ts';
import { anIssuer } from './an-authorizer.ts';

describe('defineConfig', () => {
  test.each<[string, AuthorizerConfig]>([
    ['the demo alone', { demo: true }],
    ["one's own issuers alone", { issuers: [anIssuer()] }],
    ['both', { demo: true, issuers: [anIssuer()] }],
    [
      'every option',
      {
        demo: false,
        stackName: 'Orders-Authorizer',
        issuers: [anIssuer()],
        resultsCacheTtl: Duration.minutes(1),
        externalResultsCacheTtl: Duration.minutes(2),
        removalPolicy: RemovalPolicy.RETAIN,
        deletionProtection: true,
        pointInTimeRecovery: true,
        encryptionKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/3a1e7a8e-0000-4000-8000-000000000000',
        logRetention: RetentionDays.ONE_YEAR,
        tags: { team: 'orders' },
        denialDetail: 'reason',
      },
    ],
  ])('returns %s', (_what, config) => {
    expect(defineConfig(config)).toEqual(config);
  });

  test.each<[string, unknown, string]>([
    [
      'neither demo nor issuers',
      {},
      'there is no issuer, so every token would be refused; list yours under "issuers"',
    ],
    ['an empty list of issuers', { issuers: [] }, 'there is no issuer'],
    [
      'a misspelled option',
      { demo: true, stackname: 'Orders' },
      'there is no option "stackname"; give one of: demo, stackName',
    ],
    ['no object', [], 'the options are []; give an object with: demo'],
    [
      'a detail that does not exist',
      { demo: true, denialDetail: 'full' },
      'option "denialDetail" is "full"; give "generic" or "reason".',
    ],
    ['a text for demo', { demo: 'yes' }, 'option "demo" is "yes"; give true or false.'],
    [
      'a name that CloudFormation refuses',
      { demo: true, stackName: '1st' },
      'option "stackName" is "1st"; give 1 to 128 letters',
    ],
    ['a name that SSM refuses', { demo: true, stackName: 'AwsOrders' }, 'option "stackName" is "AwsOrders"'],
    [
      'one issuer without a list',
      { issuers: anIssuer() },
      'option "issuers" is an Issuer; give a list, such as [Issuer.oidc(...)].',
    ],
    [
      'a number for a removal policy',
      { demo: true, removalPolicy: 1 },
      'option "removalPolicy" is 1; give RemovalPolicy.RETAIN',
    ],
    [
      'the name of a key',
      { demo: true, encryptionKeyArn: 'alias/table' },
      'option "encryptionKeyArn" is "alias/table"; give "arn:aws:kms',
    ],
    [
      'a text for days',
      { demo: true, logRetention: '7' },
      'option "logRetention" is "7"; give a RetentionDays',
    ],
    [
      'a reserved tag',
      { demo: true, tags: { 'aws:team': 'orders' } },
      'option "tags" is {"aws:team":"orders"}; give',
    ],
  ])('refuses %s in one sentence', (_what, config, message) => {
    const define = () => defineConfig(config as AuthorizerConfig);
    expect(define).toThrow(message);
    expect(define).toThrow(/^defineConfig\(\.\.\.\): [^\n]+\.$/);
  });

  it('returns a configuration that nobody changes afterwards', () => {
    expect(Object.isFrozen(defineConfig({ demo: true }))).toBe(true);
  });
});
