import { checkClaimName } from './check-claim-name.ts';
import { refuseReservedNames } from './refuse-reserved-names.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';

/** What a claim has to be. Several conditions must all hold. */
export interface ClaimCondition {
  /** Exactly this value, of the same type. */
  readonly equals?: string | number | boolean;
  /** One of these values. */
  readonly oneOf?: readonly (string | number | boolean)[];
  /** A list that has this text in it, or one text of words that has it among them. */
  readonly contains?: string;
  /** There, and not null. */
  readonly present?: true;
}

/**
 * Reads the condition `claims` of a rule.
 *
 * @param what  which rule it is, as the reader wrote it
 */
export function readClaimConditions(
  what: string,
  claims: unknown,
): Readonly<Record<string, ClaimCondition>> | undefined {
  if (claims === undefined) return undefined;
  const advice = "give claims and what they have to be, such as { tenant_id: { equals: 'acme' } }.";
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new Error(`${what}: "claims" is ${showValue(claims)}; ${advice}`);
  }
  const entries: [string, unknown][] = Object.entries(claims);
  if (entries.length === 0 || entries.some(([name]) => name === '')) {
    throw new Error(`${what}: "claims" is ${showValue(claims)}; ${advice}`);
  }
  refuseReservedNames(`${what}: "claims"`, claims);
  for (const [name] of entries) checkClaimName(`${what}: a name under "claims"`, name);
  return Object.fromEntries(
    entries.map(([name, condition]) => [name, readClaimCondition(`${what}: "claims": "${name}"`, condition)]),
  );
}

function readClaimCondition(what: string, condition: unknown): ClaimCondition {
  refuseUnknownOptions(what, condition, { equals: true, oneOf: true, contains: true, present: true });
  const { equals, oneOf, contains, present } = condition as { [name in keyof ClaimCondition]: unknown };
  const refuse = (name: string, value: unknown, advice: string): never => {
    throw new Error(`${what}: "${name}" is ${showValue(value)}; ${advice}`);
  };
  const isScalar = (value: unknown) => ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  if (equals !== undefined && !isScalar(equals))
    refuse('equals', equals, 'give a text, a finite number or a boolean.');
  // A copy, because `every` passes over the gaps of a list.
  if (oneOf !== undefined && !(Array.isArray(oneOf) && oneOf.length > 0 && [...oneOf].every(isScalar))) {
    refuse('oneOf', oneOf, 'give a list of texts, finite numbers or booleans that has something in it.');
  }
  if (contains !== undefined && (typeof contains !== 'string' || contains === '')) {
    refuse('contains', contains, 'give a text.');
  }
  if (present !== undefined && present !== true) refuse('present', present, 'give true, or leave it out.');
  if ([equals, oneOf, contains, present].every((each) => each === undefined)) {
    throw new Error(`${what} asks for nothing; give equals, oneOf, contains or present.`);
  }
  // JSON would lose what it inherits, and with it the condition.
  const given = Object.entries({ equals, oneOf, contains, present });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as ClaimCondition;
}
