import { IdentitySource, sourcesOf } from './identity-source.ts';
import { showValue } from './show-value.ts';

/** The function looks at each for every request, and its environment is small. */
const MAX_SOURCES = 5;

const ADVICE = "give a list, such as [IdentitySource.header('Authorization')].";

/**
 * Reads the option `identitySources`.
 *
 * @param what             whose option it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @param cacheTtlSeconds  of `resultsCacheTtl`; no cache is possible with several sources
 */
export function readIdentitySources(
  what: string,
  sources: unknown,
  cacheTtlSeconds: number,
): readonly IdentitySource[] {
  if (sources === undefined) return [IdentitySource.header('Authorization')];
  const option = `${what}: option "identitySources"`;
  if (!Array.isArray(sources) || sources.length === 0)
    throw new Error(`${option} is ${showValue(sources)}; ${ADVICE}`);
  if (sources.length > MAX_SOURCES)
    throw new Error(`${option} holds ${sources.length} sources; give at most ${MAX_SOURCES}.`);
  const known = Array.from(sources, (source: unknown) => {
    if (source instanceof IdentitySource) return source;
    throw new Error(`${option} holds ${showValue(source)}; ${ADVICE}`);
  });
  const names = known.map(({ settings }) => `${settings.in} ${settings.name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${option} holds the ${twice} twice; remove one.`);
  if (cacheTtlSeconds > 0 && sourcesOf('http', known).length > 1) {
    throw new Error(
      `${option} holds several places for the token, and option "resultsCacheTtl" is ${cacheTtlSeconds} seconds; API Gateway caches only by identity sources that every request has, so give one source, or leave "resultsCacheTtl" out.`,
    );
  }
  return known;
}

/** Whether that is what the function does without being told. */
export function isDefaultSource(sources: readonly IdentitySource[]): boolean {
  const [source, second] = sources;
  return second === undefined && source?.settings.in === 'header' && source.settings.name === 'authorization';
}
