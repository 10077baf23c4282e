import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Copies plain data for a reader, with `${LogicalId}` in place of what is known only at deployment: as `Fn::Sub` writes it,
 * and the same at each synthesis.
 */
export function showPlaceholders<T>(scope: Construct, data: T): T {
  const stack = Stack.of(scope);
  return JSON.parse(JSON.stringify(data), (_name, value) =>
    typeof value === 'string' ? show(stack.resolve(value)) : value,
  );
}

function show(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = resolved as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return `\${${Ref}}`;
  if (Array.isArray(attribute)) return `\${${attribute.join('.')}}`;
  if (Array.isArray(joined) && Array.isArray(joined[1])) return joined[1].map(show).join(String(joined[0]));
  const [[intrinsic = '', of] = []] = Object.entries(resolved as object);
  return `\${${intrinsic} ${JSON.stringify(of).replaceAll(/[{}]/g, '')}}`;
}
