import { encode, forge } from './forge.ts';
import type { IssuerName, World } from './world.ts';

/** A source of chance that says the same for the same seed. */
export interface Chance {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<T>(values: readonly [T, ...T[]]): T;
}

/** mulberry32: small, and good enough to choose mutations. */
export function newChance(seed: number): Chance {
  let state = seed >>> 0;
  const below = (end: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * end);
  };
  return { below, pick: ([first, ...rest]) => [first, ...rest][below(rest.length + 1)] ?? first };
}

/** Something to send, and whether it must not be allowed. */
export interface Mutant {
  readonly how: string;
  readonly authorization: string;
  /** It differs from a token that its issuer signed, and nobody signed it again. */
  readonly isForged: boolean;
}

const CHARS = 'ABCabc019-_.=+/~ ,"\n\u0000é☃😀{}[]:%\\';
type Signer = readonly [IssuerName, string, string];

const SIGNERS: readonly [Signer, ...Signer[]] = [
  ['main', 'RS256', 'main'],
  ['main', 'RS256', 'no-alg'],
  ['multi', 'ES256', 'es256'],
  ['multi', 'ES512', 'es512'],
  ['multi', 'EdDSA', 'ed'],
  ['cognito', 'RS256', 'main'],
  ['open', 'RS256', 'other'],
];

const VALUES: readonly [unknown, ...unknown[]] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  'x',
  '\u0000',
  '__proto__',
  [],
  {},
  [[]],
  ['orders'],
  'orders',
  'x'.repeat(1100),
  'none',
  'RS256',
  'HS256',
  'ES256',
  'main',
  'at+jwt',
  { jkt: 'x' },
];
const NAMES = [
  'alg',
  'typ',
  'kid',
  'crit',
  'b64',
  'jwk',
  'iss',
  'sub',
  'aud',
  'jti',
  'iat',
  'exp',
  'nbf',
  'scope',
  'client_id',
  'azp',
  'token_use',
  'sid',
  'origin_jti',
  'cnf',
  'tenant',
  'x',
] as const;

/** Makes one mutant: of the text of a valid token, of its bytes, of its JSON and signed again, or of nothing at all. */
export function newMutant(world: World, chance: Chance): Mutant {
  const [name, alg, kid] = chance.pick(SIGNERS);
  const key = world.keys[kid === 'no-alg' ? 'main' : kid]?.privateKey;
  const listed = chance.below(4) === 0 ? { scope: ['orders:read', 'orders:write'] } : {};
  const token = world.token(name, { header: { alg, kid }, claims: listed, ...(key && { key }) });
  const kind = chance.below(10);
  if (kind < 6) {
    let mutant = token;
    for (let times = chance.below(3); times >= 0; times -= 1) mutant = respell(mutant, chance, world);
    // Spaces between the scheme and the token do not belong to the token.
    const isForged = mutant.replace(/^ +/, '') !== token;
    return { how: 'respelled', authorization: `Bearer ${mutant}`, isForged };
  }
  if (kind < 9 && key) {
    const [header, claims] = [{ ...world.header(name), alg, kid }, world.claims(name)] as Record<
      string,
      unknown
    >[];
    for (let times = chance.below(2); times >= 0; times -= 1) {
      const part = chance.below(4) === 0 ? header : claims;
      const field = chance.pick(NAMES);
      if (part) part[field] = mutateTime(field, world.now, chance) ?? chance.pick(VALUES);
    }
    return {
      how: 'signed again',
      authorization: `Bearer ${forge(header ?? {}, claims ?? {}, key, alg)}`,
      isForged: false,
    };
  }
  const noise = randomText(chance, chance.below(300));
  return { how: 'noise', authorization: chance.below(2) === 0 ? `Bearer ${noise}` : noise, isForged: true };
}

function mutateTime(field: string, now: number, chance: Chance): number | undefined {
  const offsets = [-90_000, -3600, -61, -60, -59, 0, 3600, 86_340, 86_341, 1e7] as const;
  return chance.below(3) > 0 && ['exp', 'iat', 'nbf'].includes(field)
    ? now + chance.pick(offsets)
    : undefined;
}

function respell(token: string, chance: Chance, world: World): string {
  const at = chance.below(token.length + 1);
  const length = 1 + chance.below(chance.below(4) === 0 ? 200 : 4);
  switch (chance.below(9)) {
    case 0:
      return token.slice(0, at) + token.slice(at + length);
    case 1:
      return token.slice(0, at) + randomText(chance, length) + token.slice(at);
    case 2:
      return token.slice(0, at) + token.slice(at, at + length).repeat(2) + token.slice(at + length);
    case 3:
      return token.slice(0, at);
    case 4:
      return token.slice(at);
    case 5: {
      const to = chance.below(token.length);
      const chars = [...token];
      [chars[at], chars[to]] = [chars[to] ?? '', chars[at] ?? ''];
      return chars.join('');
    }
    case 6:
      return flipBit(token, chance);
    case 7: {
      const parts = token.split('.');
      parts[chance.below(3)] = world.token('main').split('.')[chance.below(3)] ?? '';
      return parts.join('.');
    }
    default:
      return (
        token.slice(0, at) +
        String.fromCharCode((token.charCodeAt(at) || 0) ^ (1 << chance.below(7))) +
        token.slice(at + 1)
      );
  }
}

/** Of the bytes behind the base64url, so that the spelling stays canonical. */
function flipBit(token: string, chance: Chance): string {
  const parts = token.split('.');
  const at = chance.below(parts.length);
  const bytes = Buffer.from(parts[at] ?? '', 'base64url');
  const byte = chance.below(bytes.length);
  if (bytes.length > 0) bytes.writeUInt8(bytes.readUInt8(byte) ^ (1 << chance.below(8)), byte);
  parts[at] = encode(bytes);
  return parts.join('.');
}

function randomText(chance: Chance, length: number): string {
  return Array.from({ length }, () =>
    chance.below(3) === 0
      ? String.fromCharCode(chance.below(0x10000))
      : (CHARS[chance.below(CHARS.length)] ?? ''),
  ).join('');
}
