import type { ClaimCondition, RouteRule, RouteTable } from '../route-table.ts';
import { issuersOf } from '../route-table.ts';
import { stripEnds } from '../strip-ends.ts';

/** What a rule asks for and a token lacks. */
export interface Unmet {
  /**
   * What would help: a token with more scopes, a fresh or stronger sign-in, or nothing that the client can do by itself.
   */
  readonly kind: 'scope' | 'authentication' | 'access';
  /** The condition, as the table says it; never what the token has. */
  readonly missing: string;
}

/** The claims that conditions look at. */
export interface CheckedClaims {
  readonly issuer: { readonly id: string; readonly graceSeconds: number };
  readonly subject: string;
  readonly all: Readonly<Record<string, unknown>>;
}

/**
 * Checks the conditions of a rule, those on the path aside. A claim that the token lacks, or has in a form that is not looked for,
 * meets nothing.
 *
 * Scopes are the words of `scope`; if there is none, those of `scp`, a text or a list. Groups are a list of texts, or one text
 * with commas between them; a group may have spaces in its name. No white space but the space (U+0020) separates anything.
 *
 * @param now  NumericDate, whole seconds since the epoch
 * @returns what is not met, in the order of the conditions; empty: everything is
 * @see RFC 6749 section 3.3 (scopes), RFC 9470
 */
export function checkConditions(
  rule: Omit<RouteRule, 'route'>,
  { all, subject, issuer }: CheckedClaims,
  table: Pick<RouteTable, 'groupsClaim' | 'issuers'>,
  now: number,
): Unmet[] {
  const claim = (name: string) => (Object.hasOwn(all, name) ? all[name] : undefined);
  const { claims, acr, amr, maxAuthAgeSeconds, notBefore, notAfter, subjects } = rule;
  const { scopes, anyScope, groups, anyGroup } = rule;
  const issuers = issuersOf(rule, table);
  const unmet: Unmet[] = [];
  const require = (isMet: boolean, kind: Unmet['kind'], missing: string) => {
    if (!isMet) unmet.push({ kind, missing });
  };

  if (rule.nobody) require(false, 'access', 'nobody may call it');
  if (issuers) require(issuers.includes(issuer.id), 'access', `issuer ${issuers.join(' or ')}`);
  const hasScope = membership(all, claim('scope') === undefined ? 'scp' : 'scope', ' ');
  const hasGroup = membership(all, table.groupsClaim, ',');
  for (const scope of scopes ?? []) require(hasScope(scope), 'scope', `scope ${scope}`);
  if (anyScope) require(anyScope.some(hasScope), 'scope', `any scope of ${anyScope.join(', ')}`);
  for (const group of groups ?? []) require(hasGroup(group), 'access', `group ${group}`);
  if (anyGroup) require(anyGroup.some(hasGroup), 'access', `any group of ${anyGroup.join(', ')}`);
  for (const [name, condition] of Object.entries(claims ?? {})) {
    require(isClaimMet(condition, claim(name)), 'access', `claim ${name}`);
  }
  if (subjects) require(subjects.includes(subject), 'access', 'a listed subject');
  if (notBefore !== undefined) require(now >= notBefore, 'access', `not before ${notBefore}`);
  if (notAfter !== undefined) require(now <= notAfter, 'access', `not after ${notAfter}`);
  if (acr) require(acr.some((value) => value === claim('acr')), 'authentication', `acr ${acr.join(' or ')}`);
  const hasMethod = membership(all, 'amr');
  for (const method of amr ?? []) require(hasMethod(method), 'authentication', `amr ${method}`);
  if (maxAuthAgeSeconds !== undefined) {
    const isFresh = isRecent(claim('auth_time'), maxAuthAgeSeconds, now, issuer.graceSeconds);
    require(isFresh, 'authentication', `max_age ${maxAuthAgeSeconds}`);
  }
  return unmet;
}

/** The conditions of every rule ask for the members of the same claims of the same token. */
const membersByClaims = new WeakMap<object, Map<string, ReadonlySet<unknown>>>();

function membership(
  all: CheckedClaims['all'],
  name: string | undefined,
  separator?: Separator,
): (member: string) => boolean {
  const known = membersByClaims.get(all) ?? new Map<string, ReadonlySet<unknown>>();
  membersByClaims.set(all, known);
  const key = `${name} ${separator}`;
  return (member) => {
    if (name === undefined) return false;
    const members = known.get(key) ?? membersOf(Object.hasOwn(all, name) ? all[name] : undefined, separator);
    known.set(key, members);
    return members.has(member);
  };
}

/** What separates the members of a text; spaces beside it do not count. */
type Separator = ' ' | ',';

/** @param separator  left out: only a list will do */
function membersOf(value: unknown, separator?: Separator): ReadonlySet<unknown> {
  if (typeof value === 'string' && separator)
    return new Set(value.split(separator).map((member) => stripEnds(member, ' ')));
  return new Set(Array.isArray(value) ? value : []);
}

function isClaimMet({ equals, oneOf, contains, present }: ClaimCondition, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (present && Array.isArray(value) && value.length === 0) return false;
  if (equals !== undefined && value !== equals) return false;
  if (oneOf && !oneOf.some((each) => each === value)) return false;
  return contains === undefined || membersOf(value, ' ').has(contains);
}

/** A time in the future is that of a broken clock, or a lie. */
function isRecent(authTime: unknown, maxAge: number, now: number, grace: number): boolean {
  return Number.isInteger(authTime) && Number(authTime) <= now + grace && now - Number(authTime) <= maxAge;
}
