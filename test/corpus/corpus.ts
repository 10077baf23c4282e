import type { DenialReason } from '../../lambda/denial.ts';
import { algorithms } from './hostile/algorithms.ts';
import { headers } from './hostile/headers.ts';
import { identity } from './hostile/identity.ts';
import { json } from './hostile/json.ts';
import { signatures } from './hostile/signatures.ts';
import { structure } from './hostile/structure.ts';
import { times } from './hostile/times.ts';
import { types } from './hostile/types.ts';
import type { World } from './world.ts';

/** Something that must be refused, and why. */
export type HostileToken = {
  readonly name: string;
  readonly reason: DenialReason;
} & ({ readonly token: string } | { readonly authorization: string });

const CLASSES = { structure, json, algorithms, headers, types, times, identity, signatures };

/** Makes every hostile token, by class. The same world makes the same list. */
export function hostileTokens(world: World): (HostileToken & { readonly authorization: string })[] {
  return Object.entries(CLASSES).flatMap(([name, make]) =>
    make(world).map((entry) => ({
      ...entry,
      name: `${name}: ${entry.name}`,
      authorization: 'token' in entry ? `Bearer ${entry.token}` : entry.authorization,
    })),
  );
}
