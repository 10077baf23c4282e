import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Token } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface BundledFunctionProps {
  readonly description: string;
  readonly code: Code;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
  readonly logRetention: RetentionDays;
  /** What becomes of the log group when it leaves the stack. */
  readonly logRemovalPolicy: RemovalPolicy;
}

/** A Lambda function with a log group of its own, and a role that may write to that log group and nothing else. */
export class BundledFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: props.logRemovalPolicy,
    });
    // Not AWSLambdaBasicExecutionRole: that one may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    checkSize(id, props.environment ?? {});
    super(scope, id, {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      memorySize: 512,
      timeout: props.timeout,
      environment: { ...props.environment },
      logGroup,
      role,
    });
  }
}

/** All variables of a function together, names and values. */
const MAX_ENVIRONMENT_BYTES = 4096;

/** Does NOT count values that are known only at deployment; Lambda refuses too long ones then. */
function checkSize(id: string, environment: Readonly<Record<string, string>>): void {
  const sizes = Object.entries(environment)
    .filter(([, value]) => !Token.isUnresolved(value))
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(name) + Buffer.byteLength(value) }))
    .sort((one, other) => other.bytes - one.bytes);
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  if (bytes <= MAX_ENVIRONMENT_BYTES) return;
  const largest = sizes.slice(0, 3).map((size) => `${size.name} ${size.bytes}`);
  throw new Error(
    `The variables of the function "${id}" take ${bytes} bytes, and Lambda allows ${MAX_ENVIRONMENT_BYTES} (${largest.join(', ')}); list fewer claims under "context", write fewer and broader "routes", bake in fewer keys ("jwks"), or split the issuers over several authorizers.`,
  );
}
