import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { CachedApi } from '../lambda/environment.ts';
import { connectionsApi } from './connections-api.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { HttpApi } from './http-api.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import type { LocalServer } from './local-server.ts';
import { readHttpApi } from './read-http-api.ts';
import { readRestApi } from './read-rest-api.ts';
import { readWebSocketApi } from './read-websocket-api.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import { RestApi } from './rest-api.ts';
import type { Template } from './template.ts';
import { WebSocketApi } from './websocket-api.ts';
import { WebSocketServer } from './websocket-server.ts';

/** Below which path each kind of API is served; the stage is not part of the address. */
export const PREFIXES = { rest: '/rest', http: '/http', webSocket: '/ws' } as const;

interface Options {
  readonly template: Template;
  readonly lookup: Lookup;
  readonly functions: Pick<LambdaFunctions, 'find'>;
  /** Gets a line about each thing that AWS would log; never a token. */
  readonly log: (line: string) => void;
}

/** The APIs of a stack, the first of each kind. */
export class LocalApis {
  readonly rest: RestApi | undefined;
  readonly http: HttpApi | undefined;
  readonly webSocket: WebSocketApi | undefined;
  readonly #sockets: WebSocketServer | undefined;

  /** @throws {Error} one sentence when the template asks for what the local gateway does not know */
  constructor({ template, lookup, functions, log }: Options) {
    const rest = readRestApi(template, lookup);
    const http = readHttpApi(template, lookup);
    const webSocket = readWebSocketApi(template, lookup);
    this.rest = rest && new RestApi(rest, { functions, log });
    this.http = http && new HttpApi(http, { functions, log });
    this.webSocket = webSocket && new WebSocketApi(webSocket, { functions, log });
    this.#sockets = this.webSocket && new WebSocketServer(this.webSocket, log);
  }

  /** What the template declares of each. */
  get settings() {
    return { rest: this.rest?.settings, http: this.http?.settings, webSocket: this.webSocket?.settings };
  }

  /** Serves the APIs, WebSockets included. */
  serve(app: Hono<{ Bindings: HttpBindings }>, server: Pick<LocalServer, 'serveWebSockets'>): void {
    if (this.rest) app.route('/', gatewayRoutes(this.rest, PREFIXES.rest));
    if (this.http) app.route('/', gatewayRoutes(this.http, PREFIXES.http));
    if (this.#sockets) {
      app.route('/', connectionsApi(this.#sockets, PREFIXES.webSocket));
      server.serveWebSockets(PREFIXES.webSocket, this.#sockets);
    }
  }

  /** Empties the results caches of a stage. @returns whether there is such a stage */
  flush(kind: CachedApi['kind'], apiId: string, stage: string): boolean {
    const settings = this[kind]?.settings;
    if (settings?.apiId !== apiId || settings.stage !== stage) return false;
    if (kind === 'rest') this.rest?.flushAuthorizersCache();
    else this.http?.resetAuthorizersCache();
    return true;
  }

  /** Describes the APIs to people, one line each. */
  describe(origin: string): readonly string[] {
    const lines: string[] = [];
    if (this.rest) {
      const routes = this.rest.settings.routes.filter(({ httpMethod }) => httpMethod !== 'OPTIONS');
      const keys = routes.map(({ httpMethod, resourcePath }) => `${httpMethod} ${resourcePath}`);
      lines.push(`${origin}${PREFIXES.rest}     ${keys.join(', ')}`);
    }
    if (this.http) {
      const keys = this.http.settings.routes.map(({ routeKey }) => routeKey);
      lines.push(`${origin}${PREFIXES.http}     ${keys.join(', ')}`);
    }
    if (this.webSocket) {
      const keys = [...this.webSocket.settings.routes.keys()];
      lines.push(`${origin.replace(/^http/, 'ws')}${PREFIXES.webSocket}         ${keys.join(', ')}`);
    }
    return lines.length > 0 ? lines : ['No API in the stack.'];
  }
}
