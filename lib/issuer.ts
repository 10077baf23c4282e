import type { Duration } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { Algorithm, IssuerSettings } from '../lambda/environment.ts';
import { checkAlgorithms } from './check-algorithms.ts';
import { checkHttpsUrl } from './check-https-url.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** What can be said about every issuer. */
export interface IssuerOptions {
  /**
   * The stable name of the issuer in revocation records. Changing it brings revoked tokens back.
   *
   * @default - the issuer's `iss`
   */
  readonly id?: string;
  /**
   * The signature algorithms that are accepted. Symmetric ones cannot be.
   *
   * @default - RS256
   */
  readonly algorithms?: readonly Algorithm[];
  /**
   * The longest accepted lifetime of a token (`exp - iat`). Subject revocations are kept for as long as this.
   *
   * @default - 24 hours
   */
  readonly maxTokenLifetime?: Duration;
  /**
   * The accepted difference between the issuer's clock and ours.
   *
   * @default - none
   */
  readonly grace?: Duration;
}

/** Options of {@link Issuer.cognitoUserPool}. */
export interface CognitoUserPoolOptions extends IssuerOptions {
  /** The app clients whose access tokens are accepted; `null`: every client of the pool. */
  readonly clients: readonly IUserPoolClient[] | null;
}

/** Options of {@link Issuer.cognitoUserPoolId}. */
export interface CognitoUserPoolIdOptions extends IssuerOptions {
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

const COMMON = {
  id: true,
  algorithms: true,
  maxTokenLifetime: true,
  grace: true,
} as const satisfies Record<keyof IssuerOptions, true>;

const COGNITO = { clients: true, ...COMMON } as const satisfies Record<keyof CognitoUserPoolOptions, true>;
const COGNITO_ID = { clientIds: true, ...COMMON } as const satisfies Record<
  keyof CognitoUserPoolIdOptions,
  true
>;
const OIDC = { audience: true, jwksUri: true, ...COMMON } as const satisfies Record<keyof OidcOptions, true>;

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
   * Does NOT accept its id tokens: they are meant for the app client, not for an API.
   */
  static cognitoUserPool(pool: IUserPool, options: CognitoUserPoolOptions): Issuer {
    const what = 'Issuer.cognitoUserPool(...)';
    refuseUnknownOptions(what, options, COGNITO);
    const clientIds = Array.isArray(options.clients)
      ? options.clients.map((client: IUserPoolClient) => client?.userPoolClientId)
      : options.clients;
    return Issuer.cognito(
      what,
      providerUrl(pool),
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
    refuseUnknownOptions(what, options, COGNITO_ID);
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const iss = `https://cognito-idp.${region}.${suffix}/${userPoolId}`;
    return Issuer.cognito(what, iss, readList(what, 'clientIds', options.clientIds, EVERY_CLIENT), options);
  }

  /**
   * Accepts the access tokens of any OAuth 2.0 or OpenID Connect issuer that signs them as JWTs.
   *
   * @param issuer  the exact `iss` of its tokens, with or without a slash at the end, as the issuer writes it
   */
  static oidc(issuer: string, options: OidcOptions): Issuer {
    const what = `Issuer.oidc(${showValue(issuer)})`;
    checkHttpsUrl(`${what}: the issuer`, issuer, { allowsQuery: false });
    refuseUnknownOptions(what, options, OIDC);
    const audience = typeof options.audience === 'string' ? [options.audience] : options.audience;
    if (options.jwksUri !== undefined) {
      checkHttpsUrl(`${what}: option "jwksUri"`, options.jwksUri, { allowsQuery: true });
    }
    return new Issuer({
      kind: 'oidc',
      id: readId(what, options.id) ?? issuer,
      issuers: [issuer],
      ...(options.jwksUri !== undefined && { jwksUri: options.jwksUri }),
      audience: readList(what, 'audience', audience, 'tokens for any audience'),
      ...readCommon(what, options),
    });
  }

  private static cognito(
    what: string,
    iss: string,
    clientIds: readonly string[] | null,
    options: IssuerOptions,
  ): Issuer {
    return new Issuer({
      kind: 'cognito',
      id: readId(what, options.id) ?? iss,
      issuers: [iss],
      jwksUri: `${iss}/.well-known/jwks.json`,
      audience: clientIds,
      ...readCommon(what, options),
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

function readId(what: string, id: unknown): string | undefined {
  if (id !== undefined && (typeof id !== 'string' || id === '')) {
    throw new Error(
      `${what}: option "id" is ${showValue(id)}; give a name that will never change, or leave it out.`,
    );
  }
  return id;
}

/** Leaving a check out has to be typed: `null`. Neither nothing nor an empty list means it. */
function readList(
  what: string,
  option: string,
  list: unknown,
  meaningOfNull: string,
): readonly string[] | null {
  if (list === null) return null;
  if (
    !Array.isArray(list) ||
    list.length === 0 ||
    !list.every((value) => typeof value === 'string' && value !== '')
  ) {
    throw new Error(
      `${what}: option "${option}" is ${showValue(list)}; give at least one value, none of them empty, or null to accept ${meaningOfNull}.`,
    );
  }
  return list;
}

function readCommon(
  what: string,
  options: IssuerOptions,
): Pick<IssuerSettings, 'algorithms' | 'maxTokenLifetimeSeconds' | 'graceSeconds'> {
  const { algorithms } = options;
  if (algorithms !== undefined) checkAlgorithms(what, algorithms);
  const maxTokenLifetimeSeconds = wholeSeconds(
    `${what}: option "maxTokenLifetime"`,
    options.maxTokenLifetime,
    {
      from: 1,
    },
  );
  const graceSeconds = wholeSeconds(`${what}: option "grace"`, options.grace, { from: 0 });
  return {
    ...(algorithms !== undefined && { algorithms }),
    ...(maxTokenLifetimeSeconds !== undefined && { maxTokenLifetimeSeconds }),
    ...(graceSeconds !== undefined && { graceSeconds }),
  };
}
