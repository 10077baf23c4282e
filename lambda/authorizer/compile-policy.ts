// From a route table and what a token satisfies of it to IAM statements. Pure.
import type { Glob } from '../glob.ts';
import { ANY_RUN, covers, renderDeny } from '../glob.ts';
import type { CoveredRule, PathValues, RouteCover } from '../route-cover.ts';
import { bindPath, isBound, renderAllows } from '../route-cover.ts';

export interface Statement {
  readonly Action: 'execute-api:Invoke';
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource: string | readonly string[];
}

/** Which rules of a table a token satisfies. */
export interface Satisfied {
  /** By family: whether its conditions hold, those on the path aside. */
  readonly families: readonly boolean[];
  /** What the variables of a rule have to be; undefined: the token has no such claim, or one that no path can hold. */
  readonly valuesOf: (rule: CoveredRule) => PathValues | undefined;
}

/** Resources below the stage, sorted. */
export interface Grants {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/**
 * Compiles the whole permission set of a token. For every request that some rule of the table decides about:
 *
 * - what the rule denies, the policy never allows;
 * - what the rule permits, the policy allows, unless a denied route lies so that no set of IAM patterns tells the two apart
 *   (`/a/{x}` denied between a permitted `/{proxy+}` and a permitted `/a/{x}/b`); there it denies.
 *
 * About a request without a rule it makes no promise: an Allow of `/a/{x}` covers `/a/x/y` too. For both remainders see
 * `grantAccess`.
 *
 * An Allow that covers a denied route comes with a Deny: of that route, or, if that would hit a permitted one, of whatever
 * is longer than the permitted route.
 */
export function compilePolicy(cover: RouteCover, satisfied: Satisfied): Grants {
  const isHeld = ({ family }: CoveredRule) => satisfied.families[family] === true;
  const valuesOf = (rule: CoveredRule) =>
    !isBound(rule) ? {} : isHeld(rule) ? satisfied.valuesOf(rule) : undefined;

  const permitted: { readonly rule: CoveredRule; readonly values: PathValues }[] = [];
  const denied: CoveredRule[] = [];
  for (const rule of cover.rules) {
    const values = valuesOf(rule);
    if (isHeld(rule) && values !== undefined) permitted.push({ rule, values });
    if (!isHeld(rule) || isBound(rule)) denied.push(rule);
  }
  const isPermitted = (deny: Glob) =>
    permitted.some(({ rule, values }) => cover.hits(deny, rule, isBound(rule) ? values : undefined));

  const allow: Glob[] = [];
  const deny = new Set<string>();
  for (const { rule, values } of permitted) {
    for (const glob of rule.cover.map((each) => boundGlob(each, rule, values))) {
      const denies = denied.flatMap((other) =>
        deniesBetween(glob, other, other === rule ? values : undefined),
      );
      allow.push(glob);
      for (const each of denies.flatMap(renderDeny)) deny.add(each);
    }
  }
  return { allow: renderAllows(cover, allow).sort(), deny: [...deny].sort() };

  /** What keeps an Allow off a denied route. */
  function deniesBetween(glob: Glob, other: CoveredRule, values: PathValues | undefined): readonly Glob[] {
    const met = cover
      .meetings(glob, other)
      .filter((request) => !isOwnPart(request, other, values ?? valuesOf(other)));
    if (met.length === 0) return [];
    const whole = other.cover.filter(
      ([method]) => glob[0] === ANY_RUN || method === ANY_RUN || method === glob[0],
    );
    if (!whole.some(isPermitted)) return whole;
    const longer = [...glob, ANY_RUN];
    const isEnough = glob.at(-1) === ANY_RUN && met.every((request) => covers(longer, request));
    return isEnough && !isPermitted(longer) ? [longer] : whole;
  }
}

/** Whether a request of a rule with bound variables is of the part that the token may call. */
function isOwnPart(request: readonly string[], rule: CoveredRule, values?: PathValues): boolean {
  if (!isBound(rule) || values === undefined) return false;
  const { pattern } = rule;
  return bindPath(pattern, values).every(
    (segment, at) => segment === pattern.segments[at] || segment === request[at + 1],
  );
}

function boundGlob(glob: Glob, rule: CoveredRule, values: PathValues): Glob {
  if (!isBound(rule)) return glob;
  const [method = ''] = glob;
  const path = bindPath(rule.pattern, values);
  return [method, ...path.map((segment) => (segment.startsWith('{') ? ANY_RUN : segment))];
}
