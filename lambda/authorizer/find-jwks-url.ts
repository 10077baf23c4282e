import type { TrustedIssuer } from '../config.ts';

/**
 * Finds out where an issuer publishes its keys: where its settings say, else by OpenID Connect discovery.
 *
 * The discovery document must name the very issuer that it was asked of, and cannot lead from https to anything weaker;
 * where the address may point is for the fetch to judge, as for every address.
 *
 * @param fetch  gets and parses a JSON document
 * @throws {Error}  the document cannot be had, or does not say
 * @see OpenID Connect Discovery 1.0 section 4
 */
export async function findJwksUrl(
  { jwksUri, issuers }: Pick<TrustedIssuer, 'jwksUri' | 'issuers'>,
  fetch: (url: URL) => Promise<unknown>,
): Promise<URL> {
  if (jwksUri !== undefined) return new URL(jwksUri);
  const [issuer = ''] = issuers;
  const source = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document = (await fetch(source)) as { issuer?: unknown; jwks_uri?: unknown } | null;
  if (document?.issuer !== issuer) throw new Error('the discovery document is that of another issuer');
  const url = typeof document.jwks_uri === 'string' ? URL.parse(document.jwks_uri) : null;
  if (url === null) throw new Error('the discovery document names no jwks_uri');
  if (url.protocol !== source.protocol) throw new Error('the jwks_uri has another protocol than its issuer');
  return url;
}
