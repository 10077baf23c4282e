import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnStage } from 'aws-cdk-lib/aws-apigateway';
import { CfnStage as CfnHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { CachedApi } from '../lambda/environment.ts';

/**
 * Where the admin function finds the stages whose results caches it has to flush.
 *
 * The stack of an API depends on that of the authorizer, so the admin function cannot be told its id by a variable. The
 * API's stack instead makes an SSM parameter below a path that both know by name, and gives the admin function's role
 * the right to flush just its stages. In one stack it is done the same way: by a variable, an API whose stage waits for
 * a logout function that waits for the admin function would wait for itself.
 */
export class ResultsCacheRegistry extends Construct {
  /** The SSM path below which each API has a parameter. */
  readonly path: string;
  #adminFunction: LambdaFunction | undefined;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.path = `/revocable-authorizer/${outermostStack(this).stackName}/${this.node.addr}`;
  }

  /** Lets the admin function read which APIs there are. */
  serve(adminFunction: LambdaFunction): void {
    this.#adminFunction = adminFunction;
    const arn = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: this.path.slice(1),
    });
    // The right to a path is the right to all that lies below it.
    adminFunction.addToRolePolicy(
      new PolicyStatement({ actions: ['ssm:GetParametersByPath'], resources: [arn] }),
    );
  }

  /**
   * Notes an API, and lets the admin function flush its stages and nothing else of it.
   *
   * @param scope  where the resources go, in the stack of the API
   */
  add(scope: Construct, kind: CachedApi['kind'], apiId: string): void {
    const role = this.#adminFunction?.role;
    if (role === undefined) throw new Error('The registry serves no admin function yet.');
    const stages = () => stagesOf(scope, apiId);
    scope.node.addValidation({
      validate: () => (stages().length === 0 ? [NO_STAGE] : []),
    });

    const value: CachedApi = { kind, api: apiId, stages: Lazy.list({ produce: stages }) };
    new StringParameter(scope, 'ResultsCache', {
      description: 'An API whose results cache is flushed after a revocation.',
      parameterName: `${this.path}/${scope.node.addr}`,
      stringValue: Stack.of(scope).toJsonString(value),
    });
    const { partition, region } = Stack.of(scope);
    const arnOf = (stage: string) =>
      `arn:${partition}:apigateway:${region}::/${ARN_ROOTS[kind]}/${apiId}/stages/${stage}/cache/authorizers`;
    new CfnPolicy(scope, 'FlushResultsCache', {
      policyName: `FlushResultsCache${scope.node.addr}`,
      roles: [role.roleName],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'apigateway:DELETE',
            Resource: Lazy.any({ produce: () => stages().map(arnOf) }),
          },
        ],
      },
    });
  }
}

const ARN_ROOTS = { rest: 'restapis', http: 'apis' } as const satisfies Record<CachedApi['kind'], string>;

const NO_STAGE =
  'Option "resultsCacheTtl" of the authorizer: this application defines no stage of the API, so revocations cannot flush its cache; define the stage here, or give resultsCacheTtl: Duration.seconds(0).';

/** All that the application defines, in whatever stack; the id of an API is the same token everywhere. */
function stagesOf(scope: Construct, apiId: string): string[] {
  return scope.node.root.node.findAll().flatMap((construct) => {
    if (CfnStage.isCfnStage(construct))
      return construct.restApiId === apiId ? (construct.stageName ?? []) : [];
    return CfnHttpStage.isCfnStage(construct) && construct.apiId === apiId ? construct.stageName : [];
  });
}

/** A nested stack gets its name at deployment. */
function outermostStack(scope: Construct): Stack {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  return stack;
}
