import type { Construct } from 'constructs';
import type { IssuerSettings } from '../lambda/environment.ts';
import type { RouteRule, RouteTable } from '../lambda/route-table.ts';
import { issuersOf } from '../lambda/route-table.ts';
import type { ContextOptions } from './render-context.ts';
import type { Warning } from './warn.ts';
import { warn } from './warn.ts';

/** The attributes of a user that OpenID Connect names, and that Cognito lets an app client write by default. */
const WRITABLE = [
  'address',
  'birthdate',
  'email',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'picture',
  'preferred_username',
  'profile',
  'website',
  'zoneinfo',
];
const OTHER_ATTRIBUTES = ['email_verified', 'phone_number_verified', 'updated_at', 'identities'];
/** What other providers call the groups. */
const FOREIGN_GROUPS = ['groups', 'roles', 'role', 'permissions'];

/** How the user signed in, which Cognito writes into no token, and lets no trigger add. */
const SIGN_IN = ['acr', 'amr'] as const;

/** What is looked at. */
export interface ClaimOptions extends Pick<ContextOptions, 'context' | 'usageIdentifierKeyClaim'> {
  readonly table: RouteTable | undefined;
}

/** A claim that something depends on, and the issuers whose tokens are meant. */
interface Dependency {
  /** As the reader wrote it: `option "groupsClaim"`. */
  readonly option: string;
  readonly claim: string;
  readonly issuers: readonly IssuerSettings[];
  /** Whether it decides who may call, or whose tokens are revoked. */
  readonly decides: boolean;
}

/**
 * Warns where the tokens of Cognito user pools cannot be what the options of an authorizer take them for: where people write
 * the claim themselves, or no token has it.
 *
 * Does NOT know the triggers of a pool, nor which attributes its app clients may write.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 */
export function warnOfCognitoClaims(
  scope: Construct,
  what: string,
  issuers: readonly IssuerSettings[],
  options: ClaimOptions,
): void {
  const warnOf = (warning: Warning, { option, claim }: Pick<Dependency, 'option' | 'claim'>, text: string) =>
    warn(scope, warning, `${what}: ${option} goes by the claim "${claim}", ${text}`);
  for (const dependency of dependenciesOf(issuers, options)) {
    const pools = dependency.issuers.filter(({ kind }) => kind === 'cognito');
    if (dependency.decides && isWritable(dependency.claim) && pools.some(takesIdTokens)) {
      warnOf(
        'claimOfUser',
        dependency,
        "which people can change in Cognito's id tokens, by their own access tokens; go by another claim, or take the attribute out of what the app clients may write, and acknowledge this warning.",
      );
    }
    if (isAbsent(dependency.claim) && !pools.every(takesIdTokens)) {
      warnOf(
        'claimAbsent',
        dependency,
        'which is in no access token of Cognito, so those are all refused; go by a claim that is there, such as "cognito:groups" or "username", or let a pre token generation trigger add it, and acknowledge this warning.',
      );
    }
  }
  for (const { option, claim, issuers: meant } of signInsOf(issuers, options.table)) {
    if (meant.length === 0 || meant.some(({ kind }) => kind !== 'cognito')) continue;
    warnOf(
      'signInOfCognito',
      { option, claim },
      'which Cognito writes into no token, so nobody may call the route; ask for maxAuthAge, or for a group that only such users are in.',
    );
  }
}

function dependenciesOf(
  issuers: readonly IssuerSettings[],
  { table, context = {}, usageIdentifierKeyClaim }: ClaimOptions,
): readonly Dependency[] {
  const ofRules = (table?.rules ?? []).flatMap((rule) => {
    const claims = [
      ...Object.keys(rule.claims ?? {}).filter((claim) => !isSignIn(claim)),
      ...Object.values(rule.pathClaims ?? {}),
      ...(table?.groupsClaim !== undefined && (rule.groups ?? rule.anyGroup) ? [table.groupsClaim] : []),
    ];
    const meant = meantBy(rule, table, issuers);
    return claims.map((claim) => ({ option: nameOf(rule), claim, issuers: meant, decides: true }));
  });
  const ofIssuers = issuers.flatMap((issuer) => {
    const list = (name: 'requiredClaims' | 'revocableClaims') =>
      (issuer[name] ?? []).map((claim) => ({
        option: `"${name}" of the issuer`,
        claim,
        issuers: [issuer],
        decides: name === 'revocableClaims',
      }));
    return [...list('requiredClaims'), ...list('revocableClaims')];
  });
  const ofContext = Object.values(context).flatMap((given) => {
    const { claim, required = true } = typeof given === 'string' ? { claim: given } : given;
    return required ? [{ option: 'option "context"', claim, issuers, decides: false }] : [];
  });
  const usage =
    usageIdentifierKeyClaim === undefined
      ? []
      : [
          {
            option: 'option "usageIdentifierKeyClaim"',
            claim: usageIdentifierKeyClaim,
            issuers,
            decides: false,
          },
        ];
  return [...ofRules, ...ofIssuers, ...ofContext, ...usage];
}

function signInsOf(issuers: readonly IssuerSettings[], table: RouteTable | undefined) {
  return (table?.rules ?? []).flatMap((rule) =>
    SIGN_IN.filter((claim) => rule[claim] ?? Object.hasOwn(rule.claims ?? {}, claim)).map((claim) => ({
      option: nameOf(rule),
      claim,
      issuers: meantBy(rule, table, issuers),
    })),
  );
}

function nameOf({ route }: RouteRule): string {
  return `option "routes": "${route}"`;
}

function meantBy(rule: RouteRule, table: RouteTable | undefined, issuers: readonly IssuerSettings[]) {
  const ids = table && issuersOf(rule, table);
  return ids === undefined ? issuers : issuers.filter(({ id }) => ids.includes(id));
}

function takesIdTokens({ tokenUse }: IssuerSettings): boolean {
  return tokenUse === 'id' || tokenUse === 'any';
}

function isWritable(claim: string): boolean {
  return WRITABLE.includes(claim) || claim.startsWith('custom:');
}

function isAbsent(claim: string): boolean {
  return isWritable(claim) || OTHER_ATTRIBUTES.includes(claim) || FOREIGN_GROUPS.includes(claim);
}

function isSignIn(claim: string): boolean {
  return SIGN_IN.some((each) => each === claim);
}
