// RFC 7662: OAuth 2.0 Token Introspection, with revocations taken into account.
import { checkRevocation } from '../authorizer/check-revocation.ts';
import type { Claims } from '../authorizer/read-claims.ts';
import { rememberRevocations } from '../authorizer/remember-revocations.ts';
import { openSigningKeys } from '../authorizer/signing-keys.ts';
import { readConfig } from '../config.ts';
import { readEndpointSettings } from '../endpoints/read-endpoint-settings.ts';
import { serveEndpoint } from '../endpoints/serve-endpoint.ts';
import { openRevocationReader } from '../revocation-store.ts';

const config = readConfig(process.env);
const { clients } = readEndpointSettings(process.env);
// It never answers from what it knew before the table went down: who asks here wants to know, not to get in.
const lookUpRevocations = rememberRevocations(
  openRevocationReader(config.tableName, config.lookUp, config.isLocalMode),
  { allowForMs: 0 },
);
const now = () => Math.floor(Date.now() / 1000);

/**
 * Tells whether the token of a request is active: valid for this API and not revoked. Of one that is not, nothing else is
 * told (section 2.2), not even why.
 */
export const handler = serveEndpoint({
  name: 'introspection',
  clients,
  keysOf: openSigningKeys(config.issuers, config.isLocalMode),
  now,
  about: async (verified) => {
    if (!verified.ok) return { body: { active: false } };
    const live = await checkRevocation(verified.value, lookUpRevocations, now);
    return { body: live.ok ? describe(verified.value) : { active: false } };
  },
});

/** The members of section 2.2 that the token has. */
function describe({
  iss,
  subject,
  jwtId,
  issuedAt,
  expiresAt,
  notBefore,
  audience,
  scope,
  clientIds: [clientId],
}: Claims) {
  return {
    active: true,
    token_type: 'Bearer',
    iss,
    sub: subject,
    jti: jwtId,
    iat: issuedAt,
    exp: expiresAt,
    ...(notBefore !== undefined && { nbf: notBefore }),
    ...(audience.length > 0 && { aud: audience.length === 1 ? audience[0] : audience }),
    ...(scope !== undefined && { scope }),
    ...(clientId !== undefined && { client_id: clientId }),
  };
}
