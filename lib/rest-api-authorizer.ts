import type { Duration } from 'aws-cdk-lib';
import { Lazy } from 'aws-cdk-lib';
import type { IRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Authorizer, IdentitySource, TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnPermission, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface RestApiAuthorizerProps {
  readonly handler: IFunction;
  readonly resultsCacheTtl: Duration;
}

/**
 * What API Gateway lets through to the function: a bearer token as RFC 6750 section 2.1 writes it. The function accepts
 * exactly the same (lambda/authorizer/extract-token.ts); everything else is 401 without an invocation.
 */
const BEARER_CREDENTIALS = '^[Bb][Ee][Aa][Rr][Ee][Rr] +[A-Za-z0-9._~+/-]+=*$';

/** A method's `authorizerId` before it is known which API the method belongs to. */
interface PendingId {
  authorizer?: TokenAuthorizer;
}

/**
 * The authorizer as REST APIs see it; one object for any number of methods and APIs, in any stack.
 *
 * API Gateway wants an authorizer resource per API. It is made when the first method of an API is attached.
 */
export class RestApiAuthorizer extends Authorizer {
  readonly #props: RestApiAuthorizerProps;
  readonly #perApi = new Map<string, TokenAuthorizer>();
  #pending: PendingId[] = [];

  constructor(scope: Construct, id: string, props: RestApiAuthorizerProps) {
    super(scope, id);
    this.#props = props;
  }

  /** A method reads this first and calls {@link _attachToApi} next, so the id is settled there. */
  override get authorizerId(): string {
    const id: PendingId = {};
    this.#pending.push(id);
    return Lazy.string({
      produce: () => {
        if (id.authorizer) return id.authorizer.authorizerId;
        throw new Error(
          'The id of the authorizer is not known, because it was read without attaching the authorizer to a method; pass forRestApi() as `authorizer` of addMethod or of defaultMethodOptions.',
        );
      },
    });
  }

  override _attachToApi(restApi: IRestApi): void {
    const authorizer = this.#perApi.get(restApi.restApiId) ?? this.#addAuthorizer(restApi);
    for (const id of this.#pending) id.authorizer = authorizer;
    this.#pending = [];
  }

  /** Everything lives in the API's stack: in two stacks, function and API would otherwise depend on each other. */
  #addAuthorizer(restApi: IRestApi): TokenAuthorizer {
    const scope = new Construct(
      restApi as IRestApi & Construct,
      `RevocableAuthorizer${this.node.addr.slice(-8)}`,
    );
    const { functionArn } = this.#props.handler;
    const authorizer = new TokenAuthorizer(scope, 'Authorizer', {
      // Without permissions, because CDK would put the permission into the stack of the function.
      handler: LambdaFunction.fromFunctionAttributes(scope, 'Handler', {
        functionArn,
        skipPermissions: true,
      }),
      identitySource: IdentitySource.header('Authorization'),
      validationRegex: BEARER_CREDENTIALS,
      // Written even when it is 0: API Gateway's own default is five minutes.
      resultsCacheTtl: this.#props.resultsCacheTtl,
    });
    new CfnPermission(scope, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: authorizer.authorizerArn,
    });
    authorizer._attachToApi(restApi);
    this.#perApi.set(restApi.restApiId, authorizer);
    return authorizer;
  }
}
