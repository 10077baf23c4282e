import type { Context } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import type { IssuerSettings } from '../lambda/environment.ts';
import {
  ACCESS_TOKEN_TYPES,
  ALGORITHMS,
  ENVIRONMENT,
  ISSUER_DEFAULTS,
  TOKEN_USES,
} from '../lambda/environment.ts';
import { isJson, NOT_JSON } from './is-json.ts';
import type { LocalIssuer } from './mint-token.ts';
import { mintToken, TokenRequest } from './mint-token.ts';
import { SigningKey } from './signing-key.ts';

/** What of the issuer settings the local mode must understand; the functions check the rest themselves. */
const IssuerList = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.looseObject({
      kind: v.picklist(['cognito', 'oidc']),
      id: v.string(),
      issuers: v.pipe(v.array(v.string()), v.minLength(1)),
      audience: v.nullable(v.array(v.string())),
      algorithms: v.optional(v.array(v.picklist(ALGORITHMS))),
      maxTokenLifetimeSeconds: v.optional(v.number()),
      accessTokenType: v.optional(v.picklist(ACCESS_TOKEN_TYPES)),
      tokenUse: v.optional(v.picklist(TOKEN_USES)),
      requiredClaims: v.optional(v.array(v.string())),
    }),
  ),
);

/** Stands in for every issuer that the functions trust, with a key of its own for each. */
export class Issuer {
  readonly #url: string;
  readonly #issuers = new Map<string, LocalIssuer>();

  /** @param url where `routes` is served; also the `iss` of the issuer that is local by nature */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Replaces the issuer settings in the environment of a function, so that it finds every signing key here and asks
   * no real issuer. The `iss` strings stay as configured.
   */
  adopt(environment: Readonly<Record<string, string>>): Record<string, string> {
    const configured = environment[ENVIRONMENT.issuers];
    if (configured === undefined) return { ...environment };
    const settings: readonly IssuerSettings[] = v.parse(IssuerList, configured);
    for (const issuer of settings) {
      const [algorithm = 'RS256'] = issuer.algorithms ?? ISSUER_DEFAULTS.algorithms;
      if (!this.#issuers.has(issuer.id)) {
        this.#issuers.set(issuer.id, { settings: issuer, key: new SigningKey(algorithm) });
      }
    }
    const adopted = settings.map((issuer) =>
      // Keys from the deployment would leave no place for those of here.
      issuer.issuers.includes(this.#url)
        ? issuer
        : { ...issuer, jwks: undefined, jwksUri: this.#keysUri(issuer.id) },
    );
    return { ...environment, [ENVIRONMENT.issuers]: JSON.stringify(adopted) };
  }

  /** Serves discovery, keys and tokens; to be mounted at the path of the issuer's URL. */
  routes(): Hono {
    return new Hono()
      .get('/.well-known/openid-configuration', (c) =>
        c.json({
          issuer: this.#url,
          jwks_uri: `${this.#url}/.well-known/jwks.json`,
          token_endpoint: `${this.#url}/token`,
          response_types_supported: ['token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: [...new Set(this.#list().map(({ key }) => key.algorithm))],
        }),
      )
      .get('/.well-known/jwks.json', (c) => {
        const own = this.#list().filter(({ settings }) => settings.issuers.includes(this.#url));
        return c.json({ keys: own.map(({ key }) => key.jwk) });
      })
      .get('/keys/:index', (c) => {
        const issuer = this.#list()[Number(c.req.param('index'))];
        return issuer ? c.json({ keys: [issuer.key.jwk] }) : c.notFound();
      })
      .post('/token', (c) => this.#answerTokenRequest(c));
  }

  async #answerTokenRequest(c: Context): Promise<Response> {
    const [first, ...others] = this.#list();
    if (!first)
      return badRequest(c, 'The stack configures no issuer, so there is nothing to mint a token for.');
    const text = (await c.req.text()).trim();
    if (text !== '' && !isJson(c.req.header('content-type'))) return badRequest(c, NOT_JSON, 415);
    const body = parseJson(text || '{}');
    if (body === undefined)
      return badRequest(c, 'The body is not JSON. It may be empty, or an object such as {"expiresIn":60}.');
    const request = v.safeParse(TokenRequest, body);
    if (!request.success) return badRequest(c, describe(request.issues[0]));

    const { token, expiresIn } = mintToken(request.output, [first, ...others], Math.floor(Date.now() / 1000));
    if (c.req.header('accept')?.startsWith('text/plain')) return c.text(token);
    return c.json({ access_token: token, token_type: 'Bearer', expires_in: expiresIn });
  }

  #list(): readonly LocalIssuer[] {
    return [...this.#issuers.values()];
  }

  #keysUri(id: string): string {
    return `${this.#url}/keys/${[...this.#issuers.keys()].indexOf(id)}`;
  }
}

function badRequest(c: Context, description: string, status: 400 | 415 = 400): Response {
  return c.json({ error: 'invalid_request', error_description: description }, status);
}

/** Says what is wrong, where, and what is allowed. */
function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue as v.BaseIssue<unknown> & { path: undefined });
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `The body has the unknown key "${path}"; allowed are ${Object.keys(TokenRequest.entries).join(', ')}.`;
  }
  return `${path ? `"${path}"` : 'The body'} is ${issue.received}; allowed is ${issue.expected}.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
