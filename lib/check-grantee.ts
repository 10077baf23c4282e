import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { showValue } from './show-value.ts';

/** Checks who is to be granted the right to revoke. */
export function checkGrantee(grantee: unknown): asserts grantee is IGrantable {
  if (typeof grantee === 'object' && grantee !== null && 'grantPrincipal' in grantee) return;
  throw new Error(
    `grantRevoke(${showValue(grantee)}): that is nobody who can be granted a right; give a role, a user or a function, such as Role.fromRoleName(...).`,
  );
}
