// RFC 7009: OAuth 2.0 Token Revocation, for access tokens.
import { CommandInvalid, Revocations } from '../../client/index.ts';
import { openSigningKeys } from '../authorizer/signing-keys.ts';
import { readConfig } from '../config.ts';
import type { Denial } from '../denial.ts';
import { readEndpointSettings } from '../endpoints/read-endpoint-settings.ts';
import type { Outcome } from '../endpoints/serve-endpoint.ts';
import { serveEndpoint } from '../endpoints/serve-endpoint.ts';

const config = readConfig(process.env);
const { clients, revocationsFunctionName } = readEndpointSettings(process.env);
const revocations = new Revocations({ functionName: revocationsFunctionName, actor: 'revocation-endpoint' });

const MAX_ACTOR_CHARS = 256;

/**
 * Revokes the token of a request, if its signature is right: nobody can revoke the token of somebody else by writing its
 * `jti` into one of his own. A client may revoke what was issued to it; an IAM principal, whatever it holds.
 *
 * Every token that is not valid, and never will be, is answered as if it were revoked now (section 2.2): it is what the
 * client wanted. One that is not valid yet cannot be revoked yet, and neither can one whose `kid` several keys share: the client
 * is asked to repeat.
 */
export const handler = serveEndpoint({
  name: 'revocation',
  clients,
  keysOf: openSigningKeys(config.issuers, config.isLocalMode),
  now: () => Math.floor(Date.now() / 1000),
  about: async (verified, { name, clientId }, hint): Promise<Outcome> => {
    if (!verified.ok) return outcomeOfDenial(verified.denial, hint);
    const claims = verified.value;
    if (clientId !== undefined && claims.clientIds[0] !== clientId) return { refusal: 'unauthorized_client' };
    const target = { issuer: claims.issuer.id, jti: claims.jwtId, exp: claims.expiresAt };
    const change = { reason: 'revoked at the revocation endpoint', actor: name.slice(0, MAX_ACTOR_CHARS) };
    try {
      await revocations.revokeToken(target, change);
    } catch (error) {
      if (error instanceof CommandInvalid) throw new Error('The admin function does not know this command.');
      throw error;
    }
    return {};
  },
});

function outcomeOfDenial({ reason, evidence }: Denial, hint: string | undefined): Outcome {
  if (reason === 'token_not_yet_valid' || evidence?.isAmbiguousKid)
    return { refusal: 'temporarily_unavailable' };
  return hint === 'refresh_token' ? { refusal: 'unsupported_token_type' } : {};
}
