import type { HostileToken } from '../corpus.ts';
import type { World } from '../world.ts';

const YEAR = 365 * 24 * 3600;

/** RFC 7519 section 4.1.4 to 4.1.6: whole seconds, past and future, and lifetimes that outlive a revocation. */
export function times(world: World): HostileToken[] {
  const { now } = world;
  const invalid: readonly unknown[] = [
    0,
    -1,
    -1e13,
    0.5,
    now + 0.5,
    now * 1000,
    1e12,
    1e13,
    1e308,
    -1e308,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    String(now),
    'tomorrow',
    new Date(now * 1000).toISOString(),
    true,
    [now],
    { $date: now },
  ];
  const missing: readonly unknown[] = [undefined, null, ''];
  const entry = (
    name: string,
    claims: Record<string, unknown>,
    reason: HostileToken['reason'],
  ): HostileToken => ({
    name: `${name} ${JSON.stringify(claims)}`.slice(0, 80),
    token: world.token('main', { claims }),
    reason,
  });
  return [
    ...['exp', 'iat', 'nbf'].flatMap((claim) =>
      invalid.map((value) => entry('no time:', { [claim]: value }, 'claim_invalid')),
    ),
    ...['exp', 'iat'].flatMap((claim) =>
      missing.map((value) => entry('missing:', { [claim]: value }, 'claim_missing')),
    ),
    entry('not a time:', { nbf: null }, 'claim_invalid'),
    ...[-2, -3, -60, -3600, -YEAR].map((offset) =>
      entry(`expired for ${-offset} s:`, { exp: now + offset, iat: now + offset - 60 }, 'token_expired'),
    ),
    entry('expired in 1970:', { exp: 2, iat: 1 }, 'token_expired'),
    ...[30, 3600, YEAR].map((offset) =>
      entry(`issued in ${offset} s:`, { iat: now + offset, exp: now + offset + 60 }, 'token_not_yet_valid'),
    ),
    ...[30, 2999, 3000, 3001, YEAR].map((offset) =>
      entry(`good in ${offset} s:`, { nbf: now + offset }, 'token_not_yet_valid'),
    ),
    ...[0, -1, -3600].map((offset) =>
      entry('dead before it was born:', { iat: now - 60, exp: now - 60 + offset }, 'claim_invalid'),
    ),
    ...[1, 3600, YEAR, 10 * YEAR].map((extra) =>
      entry('lives too long:', { iat: now - 60, exp: now - 60 + 24 * 3600 + extra }, 'lifetime_too_long'),
    ),
    entry('issued in 1970:', { iat: 1 }, 'lifetime_too_long'),
    entry('lives for ever:', { exp: 100_000_000_000 }, 'lifetime_too_long'),
    {
      name: 'lives too long for a strict issuer',
      token: world.token('strict', { claims: { iat: now - 60, exp: now - 60 + 3601 } }),
      reason: 'lifetime_too_long',
    },
    {
      name: 'expired, beyond the grace of 30 s',
      token: world.token('open', { claims: { exp: now - 31, iat: now - 60 } }),
      reason: 'token_expired',
    },
    {
      name: 'from the future, beyond the grace of 30 s',
      token: world.token('open', { claims: { iat: now + 120 } }),
      reason: 'token_not_yet_valid',
    },
  ];
}
