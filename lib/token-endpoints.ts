import { Aws, Duration } from 'aws-cdk-lib';
import type { IResource, Method } from 'aws-cdk-lib/aws-apigateway';
import { AuthorizationType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../lambda/environment.ts';
import { BundledFunction } from './bundled-function.ts';
import { lambdaCode } from './lambda-code.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { RevocableAuthorizer } from './revocable-authorizer.ts';
import { showValue } from './show-value.ts';
import { acknowledge } from './warn.ts';

/** Properties of {@link TokenEndpoints}. */
export interface TokenEndpointsProps {
  /** Whose tokens the endpoints are about. */
  readonly authorizer: RevocableAuthorizer;
  /**
   * The OAuth clients that may call, by HTTP Basic authentication: the client id, and the SHA-256 digest of its secret in
   * hexadecimal, such as `printf %s "$SECRET" | sha256sum` prints it. A digest keeps a secret only if nobody can guess it:
   * give 32 random bytes or more, not a password.
   *
   * A client can revoke the tokens that were issued to it, and introspect all.
   *
   * @default - none: IAM authenticates the caller, who can revoke every token that he holds
   */
  readonly clients?: Readonly<Record<string, string>>;
}

const OPTIONS = { authorizer: true, clients: true } as const satisfies Record<
  keyof TokenEndpointsProps,
  true
>;

/** A time limit for all that an endpoint does; API Gateway waits a second longer. */
const TIMEOUT = Duration.seconds(28);

/**
 * Endpoints for OAuth clients that know the standards and not us: RFC 7009 token revocation and RFC 7662 introspection,
 * of access tokens. Each is a function with just the rights that it needs, and exists only when it is added to an API.
 *
 * @example
 * const endpoints = new TokenEndpoints(this, 'TokenEndpoints', { authorizer });
 * endpoints.addRevocation(restApi.root.addResource('revoke')).grantExecute(logoutRole);
 * endpoints.addIntrospection(restApi.root.addResource('introspect')).grantExecute(resourceServerRole);
 */
export class TokenEndpoints extends Construct {
  readonly #authorizer: RevocableAuthorizer;
  readonly #clients: string | undefined;

  constructor(scope: Construct, id: string, props: TokenEndpointsProps) {
    super(scope, id);
    const what = `TokenEndpoints "${id}"`;
    refuseUnknownOptions(what, props, OPTIONS);
    if (!(props.authorizer instanceof RevocableAuthorizer)) {
      throw new Error(
        `${what}: option "authorizer" is ${showValue(props.authorizer)}; give the RevocableAuthorizer itself; of one that is deployed already, add the endpoints where it is made.`,
      );
    }
    this.#authorizer = props.authorizer;
    if (props.clients !== undefined) this.#clients = renderClients(what, props.clients);
  }

  /**
   * Adds `POST` to a resource: revokes the token in the form, if its signature is right. Answers 200 for tokens that are
   * not valid too, as RFC 7009 wants it, and 503 when the revocation was not confirmed or the token is not valid yet.
   */
  addRevocation(resource: IResource): Method {
    checkResource('addRevocation', resource);
    const existing = this.node.tryFindChild('Revocation');
    if (existing instanceof BundledFunction) return this.#addMethod(resource, existing);
    const { revocationsFunction } = this.#authorizer;
    const endpoint = this.#addFunction(
      'Revocation',
      'revocation-endpoint',
      'Revokes the token of a request (RFC 7009).',
      {
        [ENVIRONMENT.revocationsFunctionName]: revocationsFunction.functionName,
      },
    );
    this.#authorizer.grantRevoke(endpoint);
    return this.#addMethod(resource, endpoint);
  }

  /** Adds `POST` to a resource: tells whether the token in the form is valid and not revoked, and if so its claims. */
  addIntrospection(resource: IResource): Method {
    checkResource('addIntrospection', resource);
    const existing = this.node.tryFindChild('Introspection');
    if (existing instanceof BundledFunction) return this.#addMethod(resource, existing);
    const endpoint = this.#addFunction(
      'Introspection',
      'introspection-endpoint',
      'Tells whether the token of a request is active (RFC 7662).',
      {},
    );
    this.#authorizer.table.grantCheck(endpoint);
    return this.#addMethod(resource, endpoint);
  }

  #addFunction(
    id: string,
    bundle: 'revocation-endpoint' | 'introspection-endpoint',
    description: string,
    environment: Readonly<Record<string, string>>,
  ): BundledFunction {
    const { environment: common, ...basics } = this.#authorizer._functionBasics;
    return new BundledFunction(this, id, {
      ...basics,
      environment: {
        ...common,
        ...environment,
        ...(this.#clients !== undefined && { [ENVIRONMENT.endpointClients]: this.#clients }),
      },
      description,
      code: lambdaCode(bundle),
      timeout: TIMEOUT,
    });
  }

  /** By an authorizer without an id, because one that the API has by default would be taken otherwise. */
  #addMethod(resource: IResource, endpoint: BundledFunction): Method {
    const authorizationType = this.#clients === undefined ? AuthorizationType.IAM : AuthorizationType.NONE;
    const method = resource.addMethod('POST', new LambdaIntegration(endpoint, { allowTestInvoke: false }), {
      authorizer: { authorizerId: Aws.NO_VALUE, authorizationType },
    });
    acknowledge(method, 'openRoute', 'Without IAM, the function itself authenticates the client.');
    return method;
  }
}

function checkResource(method: string, resource: unknown): void {
  if (typeof resource === 'object' && resource !== null && 'addMethod' in resource) return;
  throw new Error(
    `${method}(${showValue(resource)}): that is no resource of a REST API; give one, such as restApi.root.addResource('tokens').`,
  );
}

/** The environment of a function has room for about so many. */
const MAX_CLIENTS_BYTES = 2048;

function renderClients(what: string, clients: unknown): string {
  const option = `${what}: option "clients"`;
  const advice =
    'give at least one client id with the SHA-256 digest of its secret, 64 hexadecimal digits: { web: "9f86d0..." }.';
  if (typeof clients !== 'object' || clients === null || Object.keys(clients).length === 0) {
    throw new Error(`${option} is ${showValue(clients)}; ${advice}`);
  }
  for (const [id, digest] of Object.entries(clients)) {
    // What stands there may be the secret itself, so it is not shown.
    if (id === '' || typeof digest !== 'string' || !/^[0-9a-f]{64}$/i.test(digest)) {
      throw new Error(`${option} has no digest for ${showValue(id)}; ${advice}`);
    }
  }
  const json = JSON.stringify(
    Object.fromEntries(Object.entries(clients).map(([id, digest]) => [id, digest.toLowerCase()])),
  );
  if (Buffer.byteLength(json) > MAX_CLIENTS_BYTES) {
    throw new Error(
      `${option} takes ${Buffer.byteLength(json)} bytes of the functions' environment, and at most ${MAX_CLIENTS_BYTES} fit; make several TokenEndpoints.`,
    );
  }
  return json;
}
