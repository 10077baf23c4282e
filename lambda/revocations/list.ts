import type { Dimension } from '../environment.ts';
import { DIMENSIONS } from '../environment.ts';
import type { RevocationRecord, RevocationTarget } from '../revocation.ts';
import { isInForce, keyItself } from '../revocation.ts';
import { LISTING_SHARDS, listingOf } from '../revocation-item.ts';
import { REQUEST_DEADLINE_MS } from '../revocation-ledger.ts';
import type { CommandContext } from './apply-command.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import type { ListCommand } from './parse-command.ts';
import { resolveIssuer } from './resolve-target.ts';
import type { RevocationView } from './view-of.ts';
import { viewOf } from './view-of.ts';

export interface ListAnswer {
  readonly command: 'list';
  /** At most `limit` revocations in force, in no order; a page may be short, even empty, and not the last. */
  readonly records: readonly RevocationView[];
  /** Gets the next page; null: this is the last one. */
  readonly cursor: string | null;
}

/** The name of all partitions together, in a cursor. */
const WHOLE_INDEX = '*';

/** Lists the revocations in force that fit the filter; those changed within the last second may be missing. */
export async function list(command: ListCommand, context: CommandContext): Promise<ListAnswer> {
  const { dimension, claim, value, since = 0, limit } = command;
  const { ledger, issuers, now, timeLeftMs } = context;
  const issuerIds =
    command.issuer === undefined
      ? issuers.map(({ id }) => id)
      : [resolveIssuer('issuer', command.issuer, issuers).id];
  const fits = (record: RevocationRecord) =>
    isInForce(record, now) && record.changedAt >= since && (claim === undefined || record.claim === claim);

  if (dimension !== undefined && value !== undefined) {
    const targets = issuerIds.flatMap((issuerId): readonly RevocationTarget[] => {
      const target = { dimension, issuerId, value, ...(claim !== undefined && { claim }) };
      return dimension === 'key' ? [target, keyItself(issuerId, value)] : [target];
    });
    const found = await Promise.all(targets.map((target) => ledger.get(target)));
    const records = found.filter((record) => record !== undefined).filter(fits);
    return { command: 'list', records: records.map(viewOf), cursor: null };
  }

  const isFiltered = (dimension ?? command.issuer ?? command.since) !== undefined;
  const partitions = isFiltered ? partitionsOf(issuerIds, dimension) : [WHOLE_INDEX];
  let { partition, position } =
    command.cursor === undefined
      ? { partition: partitions[0] ?? WHOLE_INDEX, position: undefined }
      : { position: undefined, ...parseCursor(command.cursor, partitions) };
  const records: RevocationRecord[] = [];
  // No read begins that could take more than what is left; the next page goes on from there.
  while (records.length < limit && timeLeftMs() > REQUEST_DEADLINE_MS) {
    const rest = limit - records.length;
    const page = isFiltered
      ? await ledger.list(partition, since, rest, position)
      : await ledger.scan(rest, position);
    records.push(...page.records.filter(fits));
    position = page.next;
    if (position !== undefined) continue;
    const following = partitions[partitions.indexOf(partition) + 1];
    if (following === undefined) return { command: 'list', records: records.map(viewOf), cursor: null };
    partition = following;
  }
  const cursor = formatCursor({ partition, ...(position !== undefined && { position }) });
  return { command: 'list', records: records.map(viewOf), cursor };
}

function partitionsOf(issuerIds: readonly string[], dimension: Dimension | undefined): string[] {
  const dimensions = dimension === undefined ? DIMENSIONS : [dimension];
  const shards = Array.from({ length: LISTING_SHARDS }, (_, shard) => shard);
  return issuerIds.flatMap((issuerId) =>
    dimensions.flatMap((each) => shards.map((shard) => listingOf(each, shard, issuerId))),
  );
}
