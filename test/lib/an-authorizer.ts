import type { Environment } from 'aws-cdk-lib';
import { App, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Issuer } from '../../lib/issuer.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';

export function anIssuer(): Issuer {
  return Issuer.oidc('https://idp.example.com/', { audience: 'orders' });
}

/** An authorizer in a stack of its own, accepted as it is; a test overrides only what it is about. */
export function anAuthorizer(props: Partial<RevocableAuthorizerProps> = {}, env?: Environment) {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env });
  const authorizer = new RevocableAuthorizer(stack, 'Authorizer', { issuers: [anIssuer()], ...props });
  return { app, stack, authorizer };
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** All that the role whose logical id begins so may do, statement by statement. */
export function statementsOf(template: Template, rolePrefix: string): readonly Statement[] {
  const statements: Statement[] = [];
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
    if (JSON.stringify(Properties.Roles).includes(`"${rolePrefix}`)) {
      statements.push(...Properties.PolicyDocument.Statement);
    }
  }
  return statements;
}

export function logicalId(template: Template, type: string, prefix: string): string {
  const found = Object.keys(template.findResources(type)).filter((id) => id.startsWith(prefix));
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${type} ${prefix}: ${found.join(', ')}`);
  return found[0];
}
