import type { Duration } from 'aws-cdk-lib';
import type { IAuthorizer, RestApiBase } from 'aws-cdk-lib/aws-apigateway';
import type { IHttpRouteAuthorizer, IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';
import { signInFields } from './denial-bodies.ts';
import type { DenialResponsesOptions } from './denial-responses.ts';
import { addDenialResponses } from './denial-responses.ts';
import type { PayloadFormat } from './http-api-authorizer.ts';
import { HttpApiAuthorizer, PAYLOAD_FORMATS } from './http-api-authorizer.ts';
import type { AdviceFor, NotAnAuthorizer } from './refuse-misplaced.ts';
import { refuseAsAuthorizer, refuseBinding, refuseMisplaced } from './refuse-misplaced.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { RestApiAuthorizer } from './rest-api-authorizer.ts';
import { showValue } from './show-value.ts';
import { WebSocketApiAuthorizer } from './web-socket-api-authorizer.ts';

/** Options of `forHttpApi`. */
export interface HttpApiOptions {
  /**
   * The format of the event that API Gateway sends. With `1.0` the authorizer answers an IAM policy.
   *
   * @default - '2.0'
   */
  readonly payloadFormat?: PayloadFormat;
}

/** An authorizer that APIs can be attached to: one of this application, or one that is deployed already. */
export abstract class AttachableAuthorizer extends Construct {
  static {
    for (const name of ['forRestApi', 'forRestApiRequest', 'forHttpApi', 'forWebSocketApi'] as const) {
      refuseAsAuthorizer(AttachableAuthorizer.prototype[name], `the method authorizer.${name} itself`);
    }
  }

  /** Decides about each token. */
  abstract readonly authorizerFunction: IFunction;
  /** @internal */
  protected abstract readonly _attachment: Attachment;
  /** The longest results cache that revocations reckon with although they cannot flush it; undefined: its owner knows. */
  abstract readonly externalResultsCacheTtl: Duration | undefined;

  /**
   * Whether an API of this application is attached.
   *
   * @internal
   */
  get _isAttached(): boolean {
    return !this._attachment.apis.isEmpty;
  }

  /**
   * Whether responses are about one route each.
   *
   * @internal
   */
  get _hasRoutes(): boolean {
    return this._attachment.apis.hasTable;
  }

  /** Lets somebody revoke, reinstate, list and check: invoke the admin function. */
  abstract grantRevoke(grantee: IGrantable): Grant;

  /**
   * Returns what a REST API takes as `authorizer`, of `addMethod` and of `defaultMethodOptions`: a TOKEN authorizer, for
   * tokens in a header.
   *
   * It serves any number of methods and APIs, in this stack or another of the application. With `routes` and
   * `resultsCacheTtl`, use `forRestApiRequest()`.
   */
  forRestApi(): IAuthorizer {
    return this.#child('RestApi', (id) => new RestApiAuthorizer(this, id, this._attachment, 'TOKEN'));
  }

  /**
   * Returns the same as a REQUEST authorizer, which sees the whole request: for tokens in a cookie or in the query
   * string, and to have the addresses of callers in the log.
   */
  forRestApiRequest(): IAuthorizer {
    return this.#child(
      'RestApiRequest',
      (id) => new RestApiAuthorizer(this, id, this._attachment, 'REQUEST'),
    );
  }

  /**
   * Returns what an HTTP API takes as `authorizer`, of `addRoutes` and as `defaultAuthorizer`.
   *
   * It serves any number of routes and APIs, in this stack or another of the application. A refusal is always 403
   * `{"message":"Forbidden"}`; only a request without its identity source is 401.
   */
  forHttpApi(options: HttpApiOptions = {}): IHttpRouteAuthorizer {
    refuseUnknownOptions('forHttpApi(...)', options, { payloadFormat: true });
    const { payloadFormat = '2.0' } = options;
    if (!PAYLOAD_FORMATS.includes(payloadFormat)) {
      throw new Error(
        `forHttpApi(...): option "payloadFormat" is ${showValue(payloadFormat)}; give "2.0" or "1.0".`,
      );
    }
    return this.#child(
      payloadFormat === '2.0' ? 'HttpApi' : 'HttpApiPayload1',
      (id) => new HttpApiAuthorizer(this, id, this._attachment, payloadFormat),
    );
  }

  /**
   * Returns what a WebSocket API takes as `authorizer` of its route `$connect`.
   *
   * A connection is checked when it is made, and never again: it outlives the revocation of its token, for up to two
   * hours. Close it by yourself when that is too long.
   */
  forWebSocketApi(): IWebSocketRouteAuthorizer {
    return this.#child('WebSocketApi', (id) => new WebSocketApiAuthorizer(this, id, this._attachment));
  }

  /**
   * Gives the refusals of a REST API one sentence, an error code, the id of the request to quote to support,
   * `WWW-Authenticate` and CORS headers; with `denialDetail: 'reason'` also the reason, and `acr_values` and `max_age` if
   * some rule of `routes` asks for a certain or a recent sign-in. Faults of the authorizer get a sentence that does not blame
   * the token.
   */
  addDenialResponses(restApi: RestApiBase, options?: DenialResponsesOptions): void {
    const { denialDetail, apis } = this._attachment;
    addDenialResponses(restApi, options, denialDetail, signInFields(apis.rules));
  }

  /**
   * Renders who may call what, in Markdown: each route of each API that this was attached to. The same application gives
   * the same text, so that a change of access shows in a diff. Synthesis writes it to `routes.<stack>.<id>.md` beside the
   * templates, and the table itself to `.json`.
   *
   * Does NOT know routes that are added later.
   */
  routeReport(): string {
    return this._attachment.apis.report();
  }

  /**
   * Not for you: a REST API reads it where it is given the construct itself.
   *
   * @throws {Error} always
   */
  get authorizerId(): NotAnAuthorizer<AdviceFor<'rest'>> {
    return refuseMisplaced('rest', 'the construct of the authorizer');
  }

  /** Not for you: an HTTP or WebSocket API calls it where it is given the construct itself, and it always throws. */
  get bind(): NotAnAuthorizer<AdviceFor<'http' | 'websocket'>> {
    return refuseBinding('the construct of the authorizer') as never;
  }

  #child<T extends Construct>(id: string, make: (id: string) => T): T {
    return (this.node.tryFindChild(id) as T | undefined) ?? make(id);
  }
}
