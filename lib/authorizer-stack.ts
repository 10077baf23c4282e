import { Arn, ArnFormat, CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { AuthorizerConfig } from './define-config.ts';
import { defineConfig } from './define-config.ts';
import { Demo } from './demo.ts';
import { RevocableAuthorizer } from './revocable-authorizer.ts';
import { acknowledge } from './warn.ts';

const DEFAULT_STACK_NAME = 'RevocableAuthorizer';

/**
 * A stack with an authorizer for APIs that are defined elsewhere, and its metrics; or with the demo, without them, if
 * the configuration wants that.
 *
 * Its outputs and SSM parameters tell other stacks and tools the ARN of the authorizer function, the name of the admin
 * function, and how long results caches elsewhere may be.
 */
export class AuthorizerStack extends Stack {
  /** For APIs of the same application. */
  readonly authorizer: RevocableAuthorizer;

  constructor(scope: Construct, config: AuthorizerConfig) {
    const {
      demo: isDemo,
      stackName = DEFAULT_STACK_NAME,
      issuers = [],
      encryptionKeyArn,
      tags,
      ...options
    } = defineConfig(config);
    super(scope, stackName, {
      description: 'A token authorizer for API Gateway whose tokens can be revoked.',
      stackName,
      ...(encryptionKeyArn !== undefined && {
        env: { region: Arn.split(encryptionKeyArn, ArnFormat.SLASH_RESOURCE_NAME).region },
      }),
    });
    for (const [name, value] of Object.entries(tags ?? {})) Tags.of(this).add(name, value);

    const demo = isDemo ? new Demo(this, 'Demo') : undefined;
    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      // A demo leaves nothing behind when it is destroyed. What guards real tokens outlives its stack.
      ...(demo && {
        removalPolicy: RemovalPolicy.DESTROY,
        deletionProtection: false,
        identitySources: Demo.identitySources,
      }),
      ...options,
      issuers: demo ? [...issuers, demo.issuer] : issuers,
      ...(encryptionKeyArn !== undefined && {
        encryptionKey: Key.fromKeyArn(this, 'EncryptionKey', encryptionKeyArn),
      }),
    });

    this.authorizer = authorizer;
    if (!demo) acknowledge(authorizer, 'noApi', 'Its APIs are defined elsewhere.');
    if (!demo) {
      authorizer.metricAllows();
      authorizer.metricDenials();
      authorizer.metricFaults();
    }

    const { authorizerFunction, revocationsFunction, table } = authorizer;
    this.#publish('AuthorizerFunctionArn', authorizerFunction.functionArn, 'authorizer-function-arn');
    this.#publish('RevocationsFunctionName', revocationsFunction.functionName, 'revocations-function-name');
    this.#publish(
      'ExternalResultsCacheTtlSeconds',
      String(authorizer.externalResultsCacheTtl.toSeconds()),
      'external-results-cache-ttl-seconds',
    );
    this.#publish('TableName', table.tableName);
    this.#publish('RevocationDeadline', String(authorizer.revocationDeadline));
    if (demo) {
      const { rest, http, webSocket } = demo.addApis(authorizer);
      this.#publish('DemoApiUrl', rest.url);
      this.#publish('DemoHttpApiUrl', http.apiEndpoint);
      this.#publish('DemoWebSocketUrl', webSocket.url);
      this.#publish('DemoUserPoolId', demo.userPool.userPoolId);
      this.#publish('DemoClientId', demo.client.userPoolClientId);
    }
  }

  /** Makes an output, and for other stacks an SSM parameter, which can be read without an import that ties the two. */
  #publish(output: string, value: string, parameter?: string): void {
    new CfnOutput(this, output, { value });
    if (parameter === undefined) return;
    new StringParameter(this, `${output}Parameter`, {
      parameterName: `/${this.stackName}/${parameter}`,
      stringValue: value,
    });
  }
}
