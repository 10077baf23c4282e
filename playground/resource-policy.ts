// The resource policy of a REST API: who may call at all, before and beside the authorizer.
import { BlockList, isIP } from 'node:net';
import * as v from 'valibot';
import type { PolicyEffect, Statement } from './evaluate-policy.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import { executeApiArn } from './execute-api-arn.ts';

/** A statement that holds for some callers only, by their address. */
export interface ResourceStatement extends Statement {
  readonly holdsFor: (sourceIp: string) => boolean;
}

const list = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => (typeof value === 'string' ? [value] : value)),
);
const everybody = v.union([v.literal('*'), v.object({ AWS: v.pipe(list, v.includes('*')) })]);
const addresses = v.record(
  v.pipe(v.string(), v.regex(/^aws:SourceIp$/i)),
  v.pipe(
    list,
    v.everyItem((range) => isRange(range)),
  ),
);

const PolicySchema = v.object({
  Statement: v.pipe(
    v.unknown(),
    v.transform((statements) => (Array.isArray(statements) ? statements : [statements])),
    v.array(
      v.strictObject({
        Sid: v.optional(v.string()),
        Effect: v.picklist(['Allow', 'Deny']),
        Principal: everybody,
        Action: list,
        Resource: list,
        Condition: v.optional(
          v.strictObject({ IpAddress: v.optional(addresses), NotIpAddress: v.optional(addresses) }),
        ),
      }),
    ),
  ),
});

/**
 * Parses the resource policy of a REST API.
 *
 * @returns the statements, with resources such as `execute-api:/prod/GET/*` written out for this API
 * @throws {Error} one sentence when the policy says what the local gateway cannot evaluate, rather than to let
 *   somebody in or out by mistake
 */
export function parseResourcePolicy(document: unknown, apiId: string): readonly ResourceStatement[] {
  const parsed = v.safeParse(PolicySchema, document);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(
      `The local gateway cannot evaluate ${v.getDotPath(issue) ?? 'the policy'} of the resource policy: it knows the ` +
        'principal "*", Action, Resource, and the conditions IpAddress and NotIpAddress of aws:SourceIp.',
    );
  }
  const api = executeApiArn(apiId, '', '').slice(0, -1);
  return parsed.output.Statement.map(({ Effect, Action, Resource, Condition }) => ({
    effect: Effect,
    actions: Action,
    resources: Resource.map((resource) => resource.replace(/^execute-api:\//, api)),
    holdsFor: (sourceIp) =>
      isInEvery(Condition?.IpAddress, sourceIp, true) && isInEvery(Condition?.NotIpAddress, sourceIp, false),
  }));
}

/** Evaluates the policy for a caller without AWS credentials. */
export function evaluateResourcePolicy(
  statements: readonly ResourceStatement[],
  methodArn: string,
  sourceIp: string,
): PolicyEffect {
  const holding = statements.filter(({ holdsFor }) => holdsFor(sourceIp));
  return evaluatePolicy(holding, 'execute-api:Invoke', methodArn);
}

/** Combines authorizer and resource policy of one account: a Deny of either wins, then an Allow of either. */
export function combineEffects(authorizer: PolicyEffect, resourcePolicy: PolicyEffect): PolicyEffect {
  const effects = [authorizer, resourcePolicy];
  if (effects.includes('explicit deny')) return 'explicit deny';
  return effects.includes('allow') ? 'allow' : 'implicit deny';
}

function isInEvery(
  conditions: Readonly<Record<string, readonly string[]>> | undefined,
  sourceIp: string,
  isIn: boolean,
): boolean {
  return Object.values(conditions ?? {}).every(
    (ranges) => blockListOf(ranges).check(sourceIp, family(sourceIp)) === isIn,
  );
}

function blockListOf(ranges: readonly string[]): BlockList {
  const block = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) block.addAddress(address, family(address));
    else block.addSubnet(address, Number(bits), family(address));
  }
  return block;
}

function isRange(range: string): boolean {
  const parts = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(range);
  const version = isIP(parts?.[1] ?? '');
  return version !== 0 && Number(parts?.[2] ?? 0) <= (version === 4 ? 32 : 128);
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
