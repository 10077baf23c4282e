import { Annotations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Every warning at synthesis, and what it found; docs/attaching.md has this table. */
export const WARNINGS = {
  openRoute: 'A method or route has no authorizer, in an API that has one elsewhere. `OPTIONS` may be open',
  ruleForOpenRoute: "`routes` says `'nobody'` for a route that does not ask the authorizer",
  noApi: 'No API of the app is attached to the authorizer',
  claimOfUser:
    "A rule, `pathClaims` or `revocableClaims` go by a claim that people can change in Cognito's id tokens",
  claimAbsent: "Something needs a claim that Cognito's access tokens do not have, unless a trigger adds it",
  signInOfCognito: 'A rule asks Cognito for `acr` or `amr`, which it never writes',
  deployment: 'A deployment or stage does not follow the authorizer; see below',
  externalResultsCacheTtl: 'Revocations do not flush the results cache of this API; see below',
} as const;
export type Warning = keyof typeof WARNINGS;

/** Warns at synthesis, unless the owner acknowledged it there or above. */
export function warn(construct: IConstruct, warning: Warning, message: string): void {
  Annotations.of(construct).addWarningV2(`revocable-authorizer:${warning}`, message);
}

/** Acknowledges what our own constructs mean. */
export function acknowledge(construct: IConstruct, warning: Warning, reason: string): void {
  Annotations.of(construct).acknowledgeWarning(`revocable-authorizer:${warning}`, reason);
}
