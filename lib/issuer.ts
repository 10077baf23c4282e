import { Stack } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { IssuerSettings } from '../lambda/environment.ts';
import { checkHttpsUrl } from './check-https-url.ts';
import { checkIssuerUrl, checkPublicHost } from './check-issuer-url.ts';
import type { IssuerOptions } from './read-issuer-options.ts';
import { ISSUER_OPTIONS, isTextList, readIssuerOptions } from './read-issuer-options.ts';
import { readOneOf } from './read-one-of.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';

/** Options of every Cognito user pool. */
export interface CognitoOptions extends IssuerOptions {
  /**
   * The issuer type of the pool (`IssuerConfiguration`). `original`: its `iss` is
   * `https://cognito-idp.<region>.amazonaws.com/<pool id>`. `updated`: `https://issuer-cognito-idp.<region>...` with the
   * primary region of the pool; the original form is accepted too, for tokens from before the change, and the id stays.
   *
   * The tokens of a replica in another region may name that region: list its `iss` under `aliases`.
   *
   * @default - 'original'
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
   */
  readonly issuerType?: 'original' | 'updated';
  /**
   * What clients ask for (`resource` of RFC 8707) to get an access token for this API, such as `https://api.example.com`; one name
   * or several. Such a token carries it as `aud`. One that is bound to something else is refused; one without `aud` is bound to no
   * API, and passes.
   *
   * @default - none: a token that is bound to any API is refused
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
   */
  readonly resource?: string | readonly string[];
}

/** Options of {@link Issuer.cognitoUserPool}. */
export interface CognitoUserPoolOptions extends CognitoOptions {
  /** The app clients whose access tokens are accepted; `null`: every client of the pool. */
  readonly clients: readonly IUserPoolClient[] | null;
}

/** Options of {@link Issuer.cognitoUserPoolId}. */
export interface CognitoUserPoolIdOptions extends CognitoOptions {
  /** The ids of the app clients whose access tokens are accepted; `null`: every client of the pool. */
  readonly clientIds: readonly string[] | null;
}

/** Options of {@link Issuer.oidc}. */
export interface OidcOptions extends IssuerOptions {
  /** The accepted `aud`, one of them is enough; `null`: tokens for any audience, also those meant for other APIs. */
  readonly audience: string | readonly string[] | null;
  /**
   * Where the issuer publishes its signing keys (JWKS).
   *
   * @default - found by OpenID Connect discovery at the issuer
   */
  readonly jwksUri?: string;
}

const COGNITO = { issuerType: true, resource: true, ...ISSUER_OPTIONS } as const satisfies Record<
  keyof CognitoOptions,
  true
>;
const COGNITO_POOL = { clients: true, ...COGNITO } as const satisfies Record<
  keyof CognitoUserPoolOptions,
  true
>;
const COGNITO_POOL_ID = { clientIds: true, ...COGNITO } as const satisfies Record<
  keyof CognitoUserPoolIdOptions,
  true
>;
const OIDC = { audience: true, jwksUri: true, ...ISSUER_OPTIONS } as const satisfies Record<
  keyof OidcOptions,
  true
>;

const USER_POOL_ID = /^(?<region>[a-z]{2}(?:-[a-z]+)+-\d+)_[0-9A-Za-z]+$/;

const EVERY_CLIENT = 'every client of the pool';

/**
 * An issuer whose tokens are accepted.
 *
 * @example
 * Issuer.oidc('https://idp.example.com/', { audience: 'orders' });
 */
export class Issuer {
  /**
   * Accepts the access tokens of a Cognito user pool, defined in this application or imported.
   *
   * Does NOT accept its id tokens, unless `tokenUse` says so: they are meant for the app client, not for an API.
   */
  static cognitoUserPool(pool: IUserPool, options: CognitoUserPoolOptions): Issuer {
    const what = 'Issuer.cognitoUserPool(...)';
    if (typeof pool !== 'object' || pool === null || !('userPoolId' in pool && 'env' in pool)) {
      throw new Error(
        `Issuer.cognitoUserPool(${showValue(pool)}): that is no user pool; give the construct of one, or for its id use Issuer.cognitoUserPoolId("eu-west-1_a1B2c3D4e", { clientIds }).`,
      );
    }
    refuseUnknownOptions(what, options, COGNITO_POOL);
    const clientIds = Array.isArray(options.clients)
      ? Array.from(options.clients, (client: unknown) => clientIdOf(what, client))
      : options.clients;
    const { region } = pool.env;
    const updated = `https://issuer-cognito-idp.${region}.${Stack.of(pool).urlSuffix}/${pool.userPoolId}`;
    return Issuer.cognito(
      what,
      { original: providerUrl(pool), updated },
      readList(what, 'clients', clientIds, EVERY_CLIENT),
      options,
    );
  }

  /**
   * Accepts the access tokens of a Cognito user pool that is known by its id, such as `eu-west-1_a1B2c3D4e`; for places
   * without a construct, as `authorizer.config.ts`.
   */
  static cognitoUserPoolId(userPoolId: string, options: CognitoUserPoolIdOptions): Issuer {
    const what = `Issuer.cognitoUserPoolId(${showValue(userPoolId)})`;
    const region =
      typeof userPoolId === 'string' ? USER_POOL_ID.exec(userPoolId)?.groups?.['region'] : undefined;
    if (region === undefined) {
      throw new Error(
        `${what}: that is not the id of a user pool; give one such as "eu-west-1_a1B2c3D4e", as the Cognito console shows it.`,
      );
    }
    refuseUnknownOptions(what, options, COGNITO_POOL_ID);
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const host = `cognito-idp.${region}.${suffix}/${userPoolId}`;
    return Issuer.cognito(
      what,
      { original: `https://${host}`, updated: `https://issuer-${host}` },
      readList(what, 'clientIds', options.clientIds, EVERY_CLIENT),
      options,
    );
  }

  /**
   * Accepts the access tokens of any OAuth 2.0 or OpenID Connect issuer that signs them as JWTs.
   *
   * @param issuer  the exact `iss` of its tokens, with or without a slash at the end, as the issuer writes it
   */
  static oidc(issuer: string, options: OidcOptions): Issuer {
    const what = `Issuer.oidc(${showValue(issuer)})`;
    checkIssuerUrl(`${what}: the issuer`, issuer);
    refuseUnknownOptions(what, options, OIDC);
    const audience = typeof options.audience === 'string' ? [options.audience] : options.audience;
    if (options.jwksUri !== undefined) {
      checkHttpsUrl(`${what}: option "jwksUri"`, options.jwksUri, { allowsQuery: true });
      if (/\/\.well-known\/(openid-configuration|oauth-authorization-server)/.test(options.jwksUri)) {
        throw new Error(
          `${what}: option "jwksUri" is ${showValue(options.jwksUri)}, which is the address of the discovery and holds no keys; give the "jwks_uri" that stands there, or leave it out.`,
        );
      }
    }
    const [keysAt, at] =
      options.jwksUri === undefined ? ['the issuer', issuer] : ['option "jwksUri"', options.jwksUri];
    checkPublicHost(`${what}: ${keysAt}`, at, options.allowPrivateNetwork);
    const settings = readIssuerOptions(what, options, [issuer], issuer);
    for (const alias of options.aliases ?? []) checkIssuerUrl(`${what}: an alias`, alias);
    return new Issuer({
      kind: 'oidc',
      ...(options.jwksUri !== undefined && { jwksUri: options.jwksUri }),
      audience: readList(what, 'audience', audience, 'tokens for any audience'),
      ...settings,
    });
  }

  private static cognito(
    what: string,
    forms: { readonly original: string; readonly updated: string },
    clientIds: readonly string[] | null,
    options: CognitoOptions,
  ): Issuer {
    const issuerType = readOneOf(what, 'issuerType', options.issuerType, ['original', 'updated']);
    const accepted = issuerType === 'updated' ? [forms.updated, forms.original] : [forms.original];
    return new Issuer({
      kind: 'cognito',
      jwksUri: `${accepted[0]}/.well-known/jwks.json`,
      audience: clientIds,
      ...readResource(what, options.resource),
      ...readIssuerOptions(what, options, accepted, forms.original),
    });
  }

  /**
   * What the functions are told about the issuer.
   *
   * @internal
   */
  readonly settings: IssuerSettings;

  private constructor(settings: IssuerSettings) {
    this.settings = settings;
  }
}

/** An imported pool has no attribute for the URL; CDK puts its name together from the id. */
function providerUrl(pool: IUserPool): string {
  return 'userPoolProviderUrl' in pool && typeof pool.userPoolProviderUrl === 'string'
    ? pool.userPoolProviderUrl
    : `https://${pool.userPoolProviderName}`;
}

function readResource(what: string, resource: CognitoOptions['resource']): Pick<IssuerSettings, 'resource'> {
  if (resource === undefined) return {};
  const names: unknown = typeof resource === 'string' ? [resource] : resource;
  if (isTextList(names)) return { resource: names };
  throw new Error(
    `${what}: option "resource" is ${showValue(resource)}; give what clients ask for to get a token for this API, such as "https://api.example.com" or a list of at least one, none of them empty, or leave it out.`,
  );
}

function clientIdOf(what: string, client: unknown): string {
  const { userPoolClientId } = (client ?? {}) as Partial<IUserPoolClient>;
  if (typeof userPoolClientId === 'string') return userPoolClientId;
  throw new Error(
    `${what}: option "clients" holds ${showValue(client)}; give the constructs of clients, such as pool.addClient('Web'), or for their ids use Issuer.cognitoUserPoolId(...).`,
  );
}

/** Leaving a check out has to be typed: `null`. Neither nothing nor an empty list means it. */
function readList(
  what: string,
  option: string,
  list: unknown,
  meaningOfNull: string,
): readonly string[] | null {
  if (list === null) return null;
  if (isTextList(list)) {
    const wrong = list.find((each) => each === '*' || each.trim() !== each);
    if (wrong === undefined) return list;
    const fault = wrong === '*' ? 'is no wildcard' : 'begins or ends with white space';
    throw new Error(
      `${what}: option "${option}" holds ${showValue(wrong)}, which ${fault}, so no token has it; give the exact value, or null to accept ${meaningOfNull}.`,
    );
  }
  throw new Error(
    `${what}: option "${option}" is ${showValue(list)}; give at least one value, none of them empty, or null to accept ${meaningOfNull}.`,
  );
}
