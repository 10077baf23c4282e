// The environment of a function, read once at start-up into a frozen Config.
import * as v from 'valibot';
import { ALGORITHMS, ENVIRONMENT, ISSUER_DEFAULTS } from './environment.ts';
import { Fault } from './fault.ts';

const IssuerSchema = v.strictObject({
  kind: v.picklist(['cognito', 'oidc']),
  id: v.pipe(v.string(), v.minLength(1)),
  issuers: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)),
  jwksUri: v.optional(v.pipe(v.string(), v.url())),
  audience: v.nullable(v.pipe(v.array(v.string()), v.minLength(1))),
  algorithms: v.optional(v.pipe(v.array(v.picklist(ALGORITHMS)), v.minLength(1)), [
    ...ISSUER_DEFAULTS.algorithms,
  ]),
  maxTokenLifetimeSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1)),
    ISSUER_DEFAULTS.maxTokenLifetimeSeconds,
  ),
  graceSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), ISSUER_DEFAULTS.graceSeconds),
});

/** One issuer whose tokens are accepted, with every default filled in. */
export type TrustedIssuer = Readonly<v.InferOutput<typeof IssuerSchema>>;

/** What both functions know about themselves. */
export interface Config {
  readonly tableName: string;
  readonly issuers: readonly TrustedIssuer[];
  /** Lets signing keys come by plain http from a loopback address. */
  readonly isLocalMode: boolean;
}

/**
 * Reads the configuration of a function from its environment variables.
 *
 * @throws {Fault} `config_invalid`  a variable is missing or not of its form; the message names the variable and the field
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const tableName = environment[ENVIRONMENT.tableName];
  if (!tableName) throw new Fault('config_invalid', `${ENVIRONMENT.tableName} is not set`);
  const issuers = v.safeParse(
    v.pipe(v.string(), v.parseJson(), v.array(IssuerSchema), v.minLength(1)),
    environment[ENVIRONMENT.issuers],
  );
  if (!issuers.success) {
    const [issue] = issuers.issues;
    throw new Fault(
      'config_invalid',
      `${ENVIRONMENT.issuers}, field ${v.getDotPath(issue) ?? '(all of it)'}: ${issue.message}`,
    );
  }
  requireDistinct(
    'issuers',
    issuers.output.flatMap((issuer) => issuer.issuers),
  );
  requireDistinct(
    'id',
    issuers.output.map((issuer) => issuer.id),
  );
  return Object.freeze({
    tableName,
    issuers: issuers.output,
    isLocalMode: environment[ENVIRONMENT.localMode] === '1',
  });
}

/** Finds the issuer that accepts this `iss`: an exact comparison, as RFC 8725 section 3.8 wants it. */
export function findIssuer(issuers: Iterable<TrustedIssuer>, iss: unknown): TrustedIssuer | undefined {
  for (const issuer of issuers) if (issuer.issuers.some((accepted) => accepted === iss)) return issuer;
  return undefined;
}

/** Two issuers with one `iss`, or one id, would share keys or revocations. */
function requireDistinct(field: string, values: readonly string[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw new Fault('config_invalid', `${ENVIRONMENT.issuers}, field ${field}: ${twice} stands there twice`);
  }
}
