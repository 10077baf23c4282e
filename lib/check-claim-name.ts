import { showValue } from './show-value.ts';

/** What standard and well-known claims are, at every issuer that writes them. */
const FORMS = {
  object: [
    'act',
    'address',
    'app_metadata',
    'cnf',
    'events',
    'ext',
    'firebase',
    'kubernetes.io',
    'realm_access',
    'resource_access',
    'user_metadata',
  ],
  list: ['amr', 'cognito:groups', 'cognito:roles', 'wids'],
  boolean: ['email_verified', 'phone_number_verified'],
  time: ['auth_time', 'exp', 'iat', 'nbf', 'updated_at'],
} as const;
type Form = keyof typeof FORMS;

/** Such as `realm_access.roles`, `$.firebase.tenant`, `/app_metadata/role`. */
const PATH = new RegExp(
  `^(\\$\\.|/)?(${FORMS.object.map((name) => name.replace('.', '\\.')).join('|')})[./[]`,
);

/**
 * Checks the name of a claim, so that it can be in a token, and can be of use.
 *
 * Does NOT know what an issuer writes by a name of its own.
 *
 * @param what  where the name stands, as the reader wrote it
 * @param useless  the forms of claims that can never match there
 */
export function checkClaimName(what: string, claim: string, useless: readonly Form[] = []): void {
  const refuse = (fault: string, fix: string) => {
    throw new Error(`${what} is ${showValue(claim)}, ${fault}; ${fix}`);
  };
  if (claim.trim() !== claim) refuse('which begins or ends with white space, as no claim does', 'remove it.');
  if (PATH.test(claim)) {
    refuse(
      'which is a path into an object, and a claim is taken by its top-level name',
      'let the issuer write what is there into a claim of its own, and give the name of that.',
    );
  }
  const form = useless.find((each) => FORMS[each].some((name) => name === claim));
  if (form === undefined) return;
  const found = form === 'object' ? 'an object' : `a ${form}`;
  refuse(`which is ${found} in every token that has it, so it would never match`, 'give another claim.');
}
