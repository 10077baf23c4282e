import { readFileSync } from 'node:fs';
import { SigningKeys } from '../../lambda/authorizer/signing-keys.ts';
import { readConfig } from '../../lambda/config.ts';
import { ALGORITHMS, ENVIRONMENT } from '../../lambda/environment.ts';
import { explainToken } from '../../lambda/explain/explain-token.ts';
import type { Explanation } from '../../lambda/explain/explanation.ts';
import { CliError } from '../cli-error.ts';

/** What takes the place of the deployed configuration. */
export interface OfflineOptions {
  /** A file with a key set. */
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly kind?: string;
  readonly algorithm?: readonly string[];
}

/**
 * Explains a token with the authorizer's own steps, the keys of a file and no revocations. What no option says is as
 * the authorizer has it by default.
 *
 * @throws {CliError} `refused`  an option is missing or wrong, or the file holds no usable key set
 */
export async function explainOffline(token: string, options: OfflineOptions): Promise<Explanation> {
  const { jwks = '', issuer, audience = null, kind = 'oidc', algorithm } = options;
  if (issuer === undefined) {
    throw new CliError('refused', '--issuer is missing; with --jwks it must say which iss is accepted');
  }
  if (kind !== 'oidc' && kind !== 'cognito') {
    throw new CliError('refused', `--kind is ${JSON.stringify(kind)}; allowed are cognito and oidc`);
  }
  const unknown = algorithm?.find((name) => !(ALGORITHMS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new CliError(
      'refused',
      `--algorithm is ${JSON.stringify(unknown)}; allowed are ${ALGORITHMS.join(', ')}`,
    );
  }
  const { issuers } = readConfig({
    // No address is ever asked: the keys are in the file.
    [ENVIRONMENT.issuers]: JSON.stringify([
      { kind, id: issuer, issuers: [issuer], jwksUri: 'https://localhost/', audience, algorithms: algorithm },
    ]),
    [ENVIRONMENT.tableName]: 'none',
  });
  const keys = readKeySet(jwks);
  const keysOf = new Map(
    issuers.map((trusted) => [trusted, new SigningKeys(trusted, () => Promise.resolve(keys))]),
  );
  const explanation = await explainToken(token, { keysOf }, Math.floor(Date.now() / 1000));
  if (explanation.reason !== 'jwks_unavailable') return explanation;
  throw new CliError(
    'refused',
    `${JSON.stringify(jwks)} holds no key that is fit for use; give a key set, {"keys":[...]}, as the JWKS address of the issuer answers it`,
  );
}

function readKeySet(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const why =
      cause instanceof SyntaxError ? 'it is not JSON' : ((cause as NodeJS.ErrnoException).code ?? 'unknown');
    throw new CliError('refused', `the key set ${JSON.stringify(file)} could not be read (${why})`, {
      cause,
    });
  }
}
