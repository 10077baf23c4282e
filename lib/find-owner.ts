import { CfnParameter, Reference, Tokenization } from 'aws-cdk-lib';
import { CfnParameter as SsmParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { AttachableAuthorizer } from './attachable-authorizer.ts';

/**
 * Finds the authorizer whose function has an ARN, if this application defines it.
 *
 * @param functionArn  the ARN itself, an attribute of the function, or the value of an SSM parameter that is made here
 */
export function findOwner({ node }: Construct, functionArn: string): AttachableAuthorizer | undefined {
  const all = node.root.node.findAll();
  const name = ssmParameterName(functionArn);
  const published =
    name === undefined ? [] : all.filter((each) => SsmParameter.isCfnParameter(each) && each.name === name);
  const arns = [functionArn, ...published.map((parameter) => (parameter as SsmParameter).value)];
  return all.find(
    (each): each is AttachableAuthorizer =>
      each instanceof AttachableAuthorizer &&
      each.externalResultsCacheTtl !== undefined &&
      arns.includes(each.authorizerFunction.functionArn),
  );
}

/** Of a token for the value of an SSM parameter: the name of that parameter. */
function ssmParameterName(value: string): string | undefined {
  const { length, firstToken: token } = Tokenization.reverseString(value);
  if (length !== 1 || !Reference.isReference(token)) return undefined;
  return token.target instanceof CfnParameter ? token.target.default : undefined;
}
