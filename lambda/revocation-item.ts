// A revocation record as it lies in the table, and back. Pure.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { DIMENSIONS, TABLE } from './environment.ts';
import { Fault } from './fault.ts';
import type { Revocation, RevocationRecord, RevocationTarget } from './revocation.ts';
import { isInForce, revocationKey } from './revocation.ts';

export type Item = Record<string, AttributeValue>;

/** The sort key of the item that holds the revocation in force; the others are its history. */
export const STATE = 'state';

/** What the sort key of every change begins with. */
export const CHANGE_PREFIX = 'change#';

/**
 * Over so many partitions the index spreads the records of one issuer and dimension: DynamoDB takes 1,000 writes a
 * second for each, and an index that cannot keep up holds up the writes to the table.
 */
export const LISTING_SHARDS = 8;

/** The key of the item that holds the state of a target, from the target's key. */
export function stateKey(key: string): Item {
  return { [TABLE.partitionKey]: { S: key }, [TABLE.sortKey]: { S: STATE } };
}

/** Names a partition of the index; an issuer id may hold any character, so it stands last. */
export function listingOf(dimension: string, shard: number, issuerId: string): string {
  return `${dimension}#${shard}#${issuerId}`;
}

/** The item of the state. Only a record in force is in the index, so that a listing reads no others. */
export function stateItem(record: RevocationRecord): Item {
  const key = revocationKey(record);
  const { expiresAt } = record;
  const shard = (Buffer.from(key, 'base64url')[0] ?? 0) % LISTING_SHARDS;
  return {
    ...stateKey(key),
    ...attributesOf(record),
    ...(expiresAt !== undefined && { [TABLE.timeToLiveAttribute]: { N: String(expiresAt) } }),
    ...(isInForce(record, record.changedAt) && {
      [TABLE.listing.partitionKey]: { S: listingOf(record.dimension, shard, record.issuerId) },
    }),
  };
}

/**
 * The key of the change that led to the record. It sorts by time first: the sequence begins anew when DynamoDB has
 * deleted an expired record.
 */
export function changeKey(record: RevocationRecord): Item {
  const at = String(record.changedAt).padStart(12, '0');
  const sequence = String(record.sequence).padStart(9, '0');
  return {
    [TABLE.partitionKey]: { S: revocationKey(record) },
    [TABLE.sortKey]: { S: `${CHANGE_PREFIX}${at}#${sequence}` },
  };
}

/**
 * The item of the change that led to the record: made of the record alone, so that whoever writes it writes the same.
 * Its expiry has another name than the attribute that DynamoDB deletes by: the history stays.
 */
export function changeItem(record: RevocationRecord): Item {
  return {
    ...changeKey(record),
    ...attributesOf(record),
    ...(record.expiresAt !== undefined && { keptUntil: { N: String(record.expiresAt) } }),
  };
}

function attributesOf(record: RevocationRecord): Item {
  const { claim, ticket, previous } = record;
  return {
    dimension: { S: record.dimension },
    issuer: { S: record.issuerId },
    ...(claim !== undefined && { claim: { S: claim } }),
    value: { S: record.value },
    revokedBefore: { N: String(record.revokedBefore) },
    change: { S: record.change },
    reason: { S: record.reason },
    actor: { S: record.actor },
    actorSource: { S: record.actorSource },
    ...(ticket !== undefined && { ticket: { S: ticket } }),
    [TABLE.listing.sortKey]: { N: String(record.changedAt) },
    requestId: { S: record.requestId },
    sequence: { N: String(record.sequence) },
    ...(previous && {
      previousRevokedBefore: { N: String(previous.revokedBefore) },
      ...(previous.expiresAt !== undefined && { previousKeptUntil: { N: String(previous.expiresAt) } }),
    }),
    nonce: { S: record.nonce },
  };
}

const Text = v.pipe(
  v.object({ S: v.string() }),
  v.transform(({ S }) => S),
);
const Integer = v.pipe(
  v.object({ N: v.string() }),
  v.transform(({ N }) => Number(N)),
  v.integer(),
);
const RevocationSchema = v.object({
  [TABLE.partitionKey]: Text,
  dimension: v.pipe(Text, v.picklist(DIMENSIONS)),
  issuer: Text,
  claim: v.optional(Text),
  value: Text,
  revokedBefore: Integer,
  [TABLE.timeToLiveAttribute]: v.optional(Integer),
});
const RecordSchema = v.object({
  ...RevocationSchema.entries,
  keptUntil: v.optional(Integer),
  change: v.pipe(Text, v.picklist(['revoke', 'reinstate'])),
  reason: Text,
  actor: Text,
  actorSource: v.pipe(Text, v.picklist(['claimed', 'aws'])),
  ticket: v.optional(Text),
  [TABLE.listing.sortKey]: Integer,
  requestId: Text,
  sequence: Integer,
  previousRevokedBefore: v.optional(Integer),
  previousKeptUntil: v.optional(Integer),
  nonce: Text,
});

/**
 * Reads of an item what an authorization needs.
 *
 * @throws {Fault} `revocation_store_unavailable`  it is not that of a revocation, or not where it belongs: it might
 *   be a revocation, and better no answer than a wrong one
 */
export function readRevocation(item: Item): Revocation {
  const parsed = v.safeParse(RevocationSchema, item);
  if (!parsed.success) throw unreadable(parsed.issues[0]);
  const { key, issuer, claim, expiresAt, ...rest } = parsed.output;
  return misplacedOr(key, {
    ...rest,
    issuerId: issuer,
    ...(claim !== undefined && { claim }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
}

/** Reads the item of a state or of a change in full. Throws the same as {@link readRevocation}. */
export function readRecord(item: Item): RevocationRecord {
  const parsed = v.safeParse(RecordSchema, item);
  if (!parsed.success) throw unreadable(parsed.issues[0]);
  const { key, issuer, claim, ticket, expiresAt, keptUntil, ...others } = parsed.output;
  const { previousRevokedBefore, previousKeptUntil, ...rest } = others;
  const end = expiresAt ?? keptUntil;
  return misplacedOr(key, {
    ...rest,
    issuerId: issuer,
    ...(claim !== undefined && { claim }),
    ...(ticket !== undefined && { ticket }),
    ...(end !== undefined && { expiresAt: end }),
    ...(previousRevokedBefore !== undefined && {
      previous: {
        revokedBefore: previousRevokedBefore,
        ...(previousKeptUntil !== undefined && { expiresAt: previousKeptUntil }),
      },
    }),
  });
}

/** An item under a key that is not its own would answer for somebody else. */
function misplacedOr<T extends RevocationTarget>(key: string, record: T): T {
  if (revocationKey(record) === key) return record;
  throw new Fault(
    'revocation_store_unavailable',
    'the revocation table gave an item under the key of another',
  );
}

function unreadable(issue: v.BaseIssue<unknown>): Fault {
  const where = v.getDotPath(issue) ?? 'shape';
  return new Fault(
    'revocation_store_unavailable',
    `the revocation table gave an item whose ${where} is not that of a revocation`,
  );
}
