import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/**
 * Refuses an API that is deployed elsewhere than the authorizer function: a stack cannot write the permission to invoke it into
 * another account or region, and the ARN of a function of this application does not get into another stage.
 *
 * Does NOT see what is known only at deployment.
 *
 * @param method  how the API is attached, as the reader wrote it: `forRestApi()`
 */
export function refuseOtherEnvironment(method: string, api: Construct, handler: IFunction): void {
  const stack = Stack.of(api);
  const isOurs = handler instanceof LambdaFunction;
  const refuse = (kind: string, ours: string, theirs: string, fix: string) => {
    throw new Error(
      `${method}: the API "${api.node.path}" is in ${show(kind, ours)}, and its authorizer function in ${show(kind, theirs)}; ${fix}`,
    );
  };
  for (const kind of ['account', 'region'] as const) {
    const [ours, theirs] = [stack[kind], handler.env[kind]];
    const isUnknown = [ours, theirs].some((each) => Token.isUnresolved(each));
    if (ours === theirs || (isUnknown && !isOurs)) continue;
    refuse(
      kind,
      ours,
      theirs,
      isUnknown
        ? `give the stacks of both the same "env".`
        : `make an authorizer in the ${kind} of the API, or the API in that of the authorizer.`,
    );
  }
  const [ours, theirs] = [Stage.of(api)?.node.path ?? '', Stage.of(handler)?.node.path ?? ''];
  if (isOurs && ours !== theirs)
    refuse(
      'stage',
      ours,
      theirs,
      'make an authorizer in the stage of the API, or attach the API by RevocableAuthorizer.fromAttributes(...).',
    );
}

function show(kind: string, value: string): string {
  if (Token.isUnresolved(value)) return `the ${kind} of whoever deploys it`;
  return value === '' ? `no ${kind}` : `the ${kind} ${value}`;
}
