import { describe, expect, it, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { TokenEndpoints } from '../../lib/token-endpoints.ts';
import { anAuthorizer, logicalId, statementsOf } from './an-authorizer.ts';

const FUNCTION = 'AWS::Lambda::Function';
const METHOD = 'AWS::ApiGateway::Method';
const DIGEST = '0123456789abcdef'.repeat(4);

function someEndpoints(clients?: Record<string, string>) {
  const { stack, authorizer } = anAuthorizer();
  const api = new RestApi(stack, 'Api', { defaultMethodOptions: { authorizer: authorizer.forRestApi() } });
  api.root.addMethod('GET');
  const endpoints = new TokenEndpoints(stack, 'Endpoints', { authorizer, ...(clients && { clients }) });
  return { stack, api, endpoints };
}

/** The actions of a role beside writing its log. */
function actionsOf(template: Template, role: string): unknown[] {
  return statementsOf(template, role)
    .map(({ Action }) => Action)
    .filter((action) => !JSON.stringify(action).includes('logs:'));
}

describe('TokenEndpoints', () => {
  it('makes no function before it is added to an API', () => {
    Template.fromStack(someEndpoints().stack).resourceCountIs(FUNCTION, 2);
  });

  it('lets the revocation endpoint invoke the admin function, and not touch the table', () => {
    const { stack, api, endpoints } = someEndpoints();
    endpoints.addRevocation(api.root.addResource('revoke'));
    const template = Template.fromStack(stack);
    expect(actionsOf(template, 'EndpointsRevocation')).toEqual(['lambda:InvokeFunction']);
    const admin = { Ref: logicalId(template, FUNCTION, 'AuthorizerRevocations') };
    const [endpoint] = Object.entries(template.findResources(FUNCTION)).filter(([id]) =>
      id.startsWith('Endpoints'),
    );
    const { Variables } = endpoint?.[1]['Properties'].Environment ?? {};
    expect(Variables).toMatchObject({ REVOCABLE_AUTHORIZER_REVOCATIONS_FUNCTION_NAME: admin });
    expect(Variables).not.toHaveProperty('REVOCABLE_AUTHORIZER_ENDPOINT_CLIENTS');
  });

  it('lets the introspection endpoint look revocations up, and not revoke', () => {
    const { stack, api, endpoints } = someEndpoints();
    endpoints.addIntrospection(api.root.addResource('introspect'));
    expect(actionsOf(Template.fromStack(stack), 'EndpointsIntrospection')).toEqual(['dynamodb:BatchGetItem']);
  });

  it('has IAM authenticate by default, not the authorizer of the API, and grants it method by method', () => {
    const { stack, api, endpoints } = someEndpoints();
    const role = new Role(stack, 'Gateway', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    endpoints.addIntrospection(api.root.addResource('introspect')).grantExecute(role);
    const template = Template.fromStack(stack);
    template.hasResourceProperties(METHOD, {
      HttpMethod: 'POST',
      AuthorizationType: 'AWS_IAM',
      AuthorizerId: { Ref: 'AWS::NoValue' },
    });
    const [statement] = statementsOf(template, 'Gateway');
    expect(statement?.Action).toBe('execute-api:Invoke');
    expect(JSON.stringify(statement?.Resource)).toContain('/POST/introspect');
  });

  it('has clients authenticate by their secrets, of which it knows the digests', () => {
    const { stack, api, endpoints } = someEndpoints({ web: DIGEST.toUpperCase() });
    endpoints.addRevocation(api.root.addResource('revoke'));
    const template = Template.fromStack(stack);
    template.hasResourceProperties(METHOD, { HttpMethod: 'POST', AuthorizationType: 'NONE' });
    template.hasResourceProperties(FUNCTION, {
      Environment: { Variables: { REVOCABLE_AUTHORIZER_ENDPOINT_CLIENTS: JSON.stringify({ web: DIGEST }) } },
    });
  });

  it('serves one endpoint at several places', () => {
    const { stack, api, endpoints } = someEndpoints();
    for (const path of ['revoke', 'signout']) endpoints.addRevocation(api.root.addResource(path));
    const template = Template.fromStack(stack);
    template.resourceCountIs(FUNCTION, 3);
    template.resourcePropertiesCountIs(METHOD, { HttpMethod: 'POST' }, 2);
  });

  test.each([
    ['no clients', {}, 'option "clients" is {}; give at least one client id'],
    ['a secret in place of a digest', { web: 'hunter2' }, 'option "clients" has no digest for "web"; give'],
    [
      'more clients than fit',
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`client-${index}`, DIGEST])),
      'at most 2048 fit; make several TokenEndpoints.',
    ],
  ])('refuses %s', (_what, clients, message) => {
    const error = catchError(() => someEndpoints(clients));
    expect(error.message).toContain(
      `TokenEndpoints "Endpoints": ${message.startsWith('option') ? message : ''}`,
    );
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hunter2');
  });
});

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
