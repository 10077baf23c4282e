import { randomBytes } from 'node:crypto';
import { evaluatePolicy } from './evaluate-policy.ts';
import { executeApiArn } from './execute-api-arn.ts';
import { joinHeaders } from './gateway-request.ts';
import type { NoAnswer } from './lambda-authorizer.ts';
import { LambdaAuthorizer } from './lambda-authorizer.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import { parseProxyAnswer } from './lambda-proxy.ts';
import type { AuthorizerAnswer } from './parse-authorizer-answer.ts';
import { parseAuthorizerAnswer } from './parse-authorizer-answer.ts';
import type { WebSocketApiSettings, WebSocketRoute } from './read-websocket-api.ts';
import type { Connection, Handshake, Message } from './websocket-events.ts';
import {
  buildConnectAuthorizerEvent,
  buildConnectEvent,
  buildContext,
  buildDisconnectEvent,
  buildMessageEvent,
} from './websocket-events.ts';
import { withinTimeout } from './within-timeout.ts';

const INTEGRATION_TIMEOUT_MS = 29_000;

const STATUSES: Readonly<Record<NoAnswer, number>> = {
  'identity missing': 401,
  unauthorized: 401,
  misconfigured: 500,
  unreachable: 500,
};

interface Dependencies {
  readonly functions: Pick<LambdaFunctions, 'find'>;
  /** Gets what AWS would write to the execution log; never a token. */
  readonly log: (line: string) => void;
}

/** How a handshake ends. */
export type Admission =
  | {
      readonly ok: true;
      readonly connection: Connection;
      /** The subprotocol that the integration of `$connect` chose; API Gateway itself chooses none. */
      readonly protocol?: string;
    }
  | { readonly ok: false; readonly status: number };

/** The local gateway in front of one WebSocket API, without the sockets. */
export class WebSocketApi {
  readonly settings: WebSocketApiSettings;
  readonly #dependencies: Dependencies;
  readonly #authorizers: ReadonlyMap<string, LambdaAuthorizer<AuthorizerAnswer>>;

  constructor(settings: WebSocketApiSettings, dependencies: Dependencies) {
    const { functions, log } = dependencies;
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#authorizers = new Map(
      [...settings.authorizers].map(([id, authorizer]) => [
        id,
        new LambdaAuthorizer(authorizer, {
          invoke: (event) => functions.find(authorizer.functionArn)?.invoke(event),
          parse: parseAuthorizerAnswer,
          now: Date.now,
          log,
        }),
      ]),
    );
  }

  /** Decides about a handshake: the authorizer of `$connect`, then its integration, which may refuse too. */
  async connect(handshake: Handshake): Promise<Admission> {
    const headers = joinHeaders(handshake.headers);
    const stranger: Connection = {
      id: `${randomBytes(11).toString('base64url')}=`,
      handshake,
      connectedAt: Date.now(),
      domainName: headers['host'] ?? 'localhost',
      ...(headers['user-agent'] !== undefined && { userAgent: headers['user-agent'] }),
    };
    const route = this.settings.routes.get('$connect');
    if (!route) return { ok: true, connection: stranger };
    const authorized = await this.#authorize(route, stranger, headers);
    if (!authorized.ok || !route.integration) return authorized;

    const { connection } = authorized;
    const answer = await this.#invoke('$connect', route, buildConnectEvent(connection, this.settings));
    if (answer === 'failed') return { ok: false, status: 502 };
    if (answer.status >= 300) return { ok: false, status: answer.status };
    const protocol = answer.headers.find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
    return { ...authorized, ...(protocol !== undefined && { protocol }) };
  }

  /**
   * Sends a message to its route.
   *
   * @returns what goes back to the client: an answer only when the route has a response, an error always
   */
  async receive(connection: Connection, message: Message): Promise<string | undefined> {
    const { routes, selectRouteKey } = this.settings;
    const selected = message.isBase64Encoded ? '' : selectRouteKey(message.body);
    const isCustom = selected !== '' && !selected.startsWith('$') && routes.has(selected);
    const routeKey = isCustom ? selected : '$default';
    const event = buildMessageEvent(connection, this.settings, routeKey, message);
    const fail = (text: string) =>
      JSON.stringify({
        message: text,
        connectionId: connection.id,
        requestId: event.requestContext['requestId'],
      });

    const route = routes.get(routeKey);
    if (!route) return fail('Forbidden');
    const answer = await this.#invoke(routeKey, route, event);
    if (answer === 'failed') return fail('Internal server error');
    return route.hasResponse && answer.body.length > 0
      ? Buffer.from(answer.body).toString('utf8')
      : undefined;
  }

  /** Tells the integration of `$disconnect`; nobody hears what it answers. */
  async disconnect(connection: Connection, code: number, reason: string): Promise<void> {
    const route = this.settings.routes.get('$disconnect');
    const event = buildDisconnectEvent(connection, this.settings, code, reason);
    if (route) await this.#invoke('$disconnect', route, event);
  }

  async #authorize(
    { authorizer: id }: WebSocketRoute,
    connection: Connection,
    header: Readonly<Record<string, string>>,
  ): Promise<Admission & ({ ok: true } | { ok: false })> {
    if (id === undefined) return { ok: true, connection };
    const authorizer = this.#authorizers.get(id);
    if (!authorizer) {
      this.#dependencies.log(`$connect names the authorizer "${id}", which the WebSocket API does not have.`);
      return { ok: false, status: 500 };
    }
    const { apiId, stage, stageVariables } = this.settings;
    const methodArn = executeApiArn(apiId, stage, '$connect');
    const context = buildContext(connection, this.settings, { type: 'CONNECT' });
    const querystring = Object.fromEntries(new URLSearchParams(connection.handshake.query));
    const decision = await authorizer.decide({ context, stageVariables, header, querystring, path: {} }, () =>
      buildConnectAuthorizerEvent(connection, this.settings, methodArn),
    );
    if (!decision.ok) return { ok: false, status: STATUSES[decision.why] };
    const { statements, context: said, principalId } = decision.answer;
    if (evaluatePolicy(statements, 'execute-api:Invoke', methodArn) !== 'allow') {
      return { ok: false, status: 403 };
    }
    return { ok: true, connection: { ...connection, authorizer: { ...said, principalId } } };
  }

  async #invoke(routeKey: string, { integration }: WebSocketRoute, event: object) {
    const { functions, log } = this.#dependencies;
    if (integration?.type === 'MOCK') return NOTHING;
    if (integration?.type !== 'AWS_PROXY') {
      log(
        `${routeKey} has the integration type ${integration?.type}; the local gateway knows AWS_PROXY and MOCK.`,
      );
      return 'failed';
    }
    const invocation = functions.find(integration.functionArn)?.invoke(JSON.stringify(event));
    if (!invocation) {
      log(`${routeKey} calls a function that is not part of the stack.`);
      return 'failed';
    }
    const result = await withinTimeout(invocation, INTEGRATION_TIMEOUT_MS);
    if (result === 'timed out') {
      log(`${routeKey}: the function did not answer within ${INTEGRATION_TIMEOUT_MS} ms.`);
      return 'failed';
    }
    const answer = result.ok ? parseProxyAnswer(result.payload) : undefined;
    if (!answer) {
      const what = result.ok ? 'returned a malformed proxy answer' : `failed with ${result.error.errorType}`;
      log(`${routeKey}: the function ${what}.`);
    }
    return answer ?? 'failed';
  }
}

const NOTHING = { status: 200, headers: [], body: '' } as const;
