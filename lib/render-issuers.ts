import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { namesOf } from '../lambda/environment.ts';
import { Issuer } from './issuer.ts';
import { showValue } from './show-value.ts';

/** Lambda allows 4,096 bytes for all variables of a function; the rest is for names and the table's name. */
const MAX_ISSUERS_BYTES = 3584;

/**
 * Renders the issuers as the environment variable that both functions read.
 *
 * Does NOT measure a value that holds names known only at deployment; Lambda refuses a too long one then.
 */
export function renderIssuers(scope: Construct, issuers: readonly Issuer[]): string {
  checkIssuers(issuers);
  const settings = issuers.map((issuer) => issuer.settings);
  const json = JSON.stringify(settings);
  if (Token.isUnresolved(json)) return Stack.of(scope).toJsonString(settings);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_ISSUERS_BYTES) {
    throw new Error(
      `The ${issuers.length} issuers take ${bytes} bytes of the functions' environment, and at most ${MAX_ISSUERS_BYTES} fit; bake in fewer keys ("jwks"), shorten the lists of audiences and clients, or split the issuers over several authorizers.`,
    );
  }
  return json;
}

function checkIssuers(issuers: unknown): asserts issuers is readonly Issuer[] {
  const advice =
    'give at least one of: Issuer.cognitoUserPool(...), Issuer.cognitoUserPoolId(...), Issuer.oidc(...).';
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw new Error(`Option "issuers" is ${showValue(issuers)}; ${advice}`);
  }
  for (const issuer of issuers) {
    if (!(issuer instanceof Issuer && Array.isArray(issuer.settings?.issuers))) {
      throw new Error(`Option "issuers" holds ${showValue(issuer)}; ${advice}`);
    }
  }
  const settings = issuers.map((issuer: Issuer) => issuer.settings);
  const trusted = findTwice(settings.flatMap((issuer) => issuer.issuers));
  if (trusted !== undefined) {
    throw new Error(
      `Option "issuers" trusts the issuer ${showValue(trusted)} twice; put its audiences or clients into one entry.`,
    );
  }
  const name = findTwice(settings.flatMap(namesOf));
  if (name !== undefined) {
    throw new Error(
      `Option "issuers" names two issuers ${showValue(name)}; give each an "id" that is not the id, the iss or an alias of another: a revocation for one would hit the other. If both are one issuer that moved, make it one entry, with the old iss under "aliases".`,
    );
  }
}

function findTwice(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
