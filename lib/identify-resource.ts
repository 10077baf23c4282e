import type { IPostProcessor, IResolvable, IResolveContext } from 'aws-cdk-lib';
import { DefaultTokenResolver, Reference, Stack, StringConcat, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** By these, CloudFormation returns what Ref returns. */
const IDS: readonly unknown[] = ['ApiId', 'AuthorizerId', 'ResourceId', 'RestApiId'];

/** Leaves references as they are: what they become in a template differs from stack to stack. */
class KeepReferences extends DefaultTokenResolver {
  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: IPostProcessor,
  ): unknown {
    if (!Reference.isReference(token)) return super.resolveToken(token, context, postProcessor);
    const { target, displayName } = token;
    const element: unknown = 'logicalId' in target ? target.logicalId : target.node.path;
    return nameOf(target, context.resolve(element), displayName);
  }
}

const KEEP_REFERENCES = new KeepReferences(new StringConcat());

/**
 * Identifies what an id is of, as a text to compare: the same whether it is written with Ref or GetAtt, in whatever stack.
 *
 * @param scope  where the id is used
 */
export function identifyResource(scope: IConstruct, id: unknown): string {
  const resolved: unknown = Tokenization.resolve(id, { scope, resolver: KEEP_REFERENCES, preparing: false });
  if (typeof resolved === 'object' && resolved !== null) {
    // Fn.ref() and Fn.getAtt() name resources of the stack that they are used in.
    if ('Ref' in resolved) return nameOf(scope, resolved.Ref, 'Ref');
    if ('Fn::GetAtt' in resolved && Array.isArray(resolved['Fn::GetAtt'])) {
      const [element, attribute]: unknown[] = resolved['Fn::GetAtt'];
      return nameOf(scope, element, attribute);
    }
  }
  return typeof resolved === 'string' ? resolved : JSON.stringify(resolved ?? null);
}

function nameOf(scope: IConstruct, element: unknown, attribute: unknown): string {
  return JSON.stringify([Stack.of(scope).node.addr, element, IDS.includes(attribute) ? 'Ref' : attribute]);
}
