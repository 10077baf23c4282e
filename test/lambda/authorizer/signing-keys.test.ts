import { beforeEach, describe, expect, it, test } from '@jest/globals';
import type { InCoolDown } from '../../../lambda/authorizer/signing-keys.ts';
import { SigningKeys } from '../../../lambda/authorizer/signing-keys.ts';
import type { IssuerSettings } from '../../../lambda/environment.ts';
import { newKey, renamed } from '../../corpus/keys.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const key = newKey('ES256', { kid: 'old' });
const old = key.jwk;
const fresh = renamed(key, { kid: 'new' }).jwk;
const SECONDS = 1000;
const MINUTES = 60 * SECONDS;

/** What the issuer answers, and the clock; both belong to the test. */
let published: readonly object[];
let outage: Error | undefined;
let fetches: number;
let now: number;
/** Holds answers back until it is called. */
let release: (() => void) | undefined;

function newKeys(settings: Partial<IssuerSettings> = {}, inCoolDown: InCoolDown = 'deny') {
  let gate: Promise<void> = Promise.resolve();
  const keys = new SigningKeys(
    aTrustedIssuer(settings),
    async () => {
      fetches += 1;
      const answer = { keys: published };
      const failure = outage;
      await gate;
      if (failure) throw failure;
      return answer;
    },
    () => now,
  );
  const hold = () => {
    gate = new Promise((resolve) => {
      release = () => {
        gate = Promise.resolve();
        resolve();
      };
    });
  };
  return {
    keys,
    hold,
    find: async (kid: string) => (await keys.find(kid, inCoolDown)).map(({ kid }) => kid),
  };
}

/** Lets what was begun in the background come to its end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  published = [old];
  outage = undefined;
  fetches = 0;
  now = 1_700_000_000_000;
});

describe('SigningKeys', () => {
  it('fetches once, and answers from memory for 4 minutes', async () => {
    const { find } = newKeys();
    await expect(find('old')).resolves.toEqual(['old']);
    now += 4 * MINUTES - 1;
    await expect(find('old')).resolves.toEqual(['old']);
    await settle();
    expect(fetches).toBe(1);
  });

  it('fetches once for all who ask at the same time', async () => {
    const { find } = newKeys();
    await Promise.all(Array.from({ length: 20 }, () => find('old')));
    expect(fetches).toBe(1);
  });

  it('refreshes in the background from 4 minutes on, and keeps nobody waiting', async () => {
    const { find, hold } = newKeys();
    await find('old');
    published = [fresh];
    now += 4 * MINUTES;
    hold();
    await expect(Promise.all([find('old'), find('old')])).resolves.toEqual([['old'], ['old']]);
    release?.();
    await settle();
    expect(fetches).toBe(2);
    await expect(find('new')).resolves.toEqual(['new']);
  });

  it('does not use a withdrawn key once the keys are 5 minutes old', async () => {
    const { find } = newKeys();
    await find('old');
    published = [fresh];
    now += 5 * MINUTES;
    await expect(find('old')).resolves.toEqual([]);
    expect(fetches).toBe(2);
  });

  it('goes on with keys of up to an hour while the issuer is out, and asks it every 10 seconds', async () => {
    const { find } = newKeys();
    await find('old');
    outage = new Error('out');
    for (now += 5 * MINUTES; now < 1_700_000_000_000 + 10 * MINUTES; now += 5 * SECONDS) {
      await expect(find('old')).resolves.toEqual(['old']);
    }
    expect(fetches).toBe(1 + 30);
    now = 1_700_000_000_000 + 60 * MINUTES - 1;
    await expect(find('old')).resolves.toEqual(['old']);
  });

  it('throws when the keys are an hour old, and recovers by itself', async () => {
    const { find } = newKeys();
    await find('old');
    outage = new Error('out');
    now += 60 * MINUTES;
    await expect(find('old')).rejects.toMatchObject({ code: 'jwks_unavailable', cause: outage });
    await expect(find('old')).rejects.toMatchObject({ code: 'jwks_throttled' });
    expect(fetches).toBe(2);
    outage = undefined;
    now += 10 * SECONDS;
    await expect(find('old')).resolves.toEqual(['old']);
  });

  it('throws when it never had a key, and leaves the issuer alone for 10 seconds', async () => {
    const { find } = newKeys();
    outage = new Error('out');
    await expect(find('old')).rejects.toMatchObject({ code: 'jwks_unavailable' });
    now += 10 * SECONDS - 1;
    await expect(find('old')).rejects.toMatchObject({ code: 'jwks_throttled' });
    expect(fetches).toBe(1);
    outage = undefined;
    now += 1;
    await expect(find('old')).resolves.toEqual(['old']);
  });

  it('finds a newly published key at its first use', async () => {
    const { find } = newKeys();
    await find('old');
    published = [old, fresh];
    now += 1;
    await expect(find('new')).resolves.toEqual(['new']);
    expect(fetches).toBe(2);
  });

  it('finds a new key that was published while a fetch was under way', async () => {
    const { find, hold } = newKeys();
    await find('old');
    now += 4 * MINUTES;
    hold();
    await find('old');
    published = [old, fresh];
    now += 1;
    const found = find('new');
    release?.();
    await expect(found).resolves.toEqual(['new']);
    expect(fetches).toBe(3);
  });

  it('asks once in 10 seconds, however many unknown kids there are', async () => {
    const { find } = newKeys();
    await find('old');
    const start = now;
    for (now += 1; now < start + 60 * SECONDS; now += 100) {
      await expect(find(`made-up-${now}`)).resolves.toEqual([]);
    }
    expect(fetches).toBe(1 + 6);
  });

  it('asks once for many unknown kids at the same time, and of each moment while it waits', async () => {
    const { find, hold } = newKeys();
    await find('old');
    hold();
    const found: Promise<string[]>[] = [];
    for (let times = 0; times < 50; times += 1) {
      now += 1;
      found.push(find(`made-up-${times}`));
    }
    release?.();
    await expect(Promise.all(found)).resolves.toEqual(Array(50).fill([]));
    expect(fetches).toBe(2);
  });

  it('serves a known kid at once during a flood of unknown ones', async () => {
    const { find, hold } = newKeys();
    await find('old');
    now += 1;
    hold();
    const flood = find('made-up');
    await expect(find('old')).resolves.toEqual(['old']);
    release?.();
    await flood;
  });

  it('serves a known kid although a stranger made a fetch fail', async () => {
    const { find } = newKeys();
    await find('old');
    now += 1;
    outage = new Error('out');
    await expect(find('made-up')).rejects.toMatchObject({ code: 'jwks_unavailable' });
    await expect(find('made-up')).rejects.toMatchObject({ code: 'jwks_throttled' });
    await expect(find('old')).resolves.toEqual(['old']);
    now += 5 * MINUTES;
    await expect(find('old')).resolves.toEqual(['old']);
  });

  it('finds a new key after the cool-down at the latest, under a flood', async () => {
    const { find } = newKeys();
    await find('old');
    now += 1;
    await find('made-up');
    published = [old, fresh];
    now += 10 * SECONDS - 1;
    await expect(find('new')).resolves.toEqual([]);
    await find('made-up');
    now += 1;
    await expect(find('new')).resolves.toEqual(['new']);
  });

  it.each(['fault', 'insist'] as const)(
    'says, where a denial must not be a guess, that it did not look for the key: %s',
    async (inCoolDown) => {
      const { find } = newKeys({}, inCoolDown);
      await expect(find('made-up')).resolves.toEqual([]);
      now += 1;
      published = [old, fresh];
      await expect(find('new')).rejects.toMatchObject({ code: 'jwks_throttled' });
      await expect(find('old')).resolves.toEqual(['old']);
      now += 10 * SECONDS;
      await expect(find('new')).resolves.toEqual(['new']);
    },
  );

  test.each([
    ['an empty set', { keys: [] }],
    ['a set without a fit key', { keys: [{ kty: 'oct', kid: 'k', k: 'AAAA' }] }],
    ['no set', { error: 'x' }],
    ['null', null],
  ])('takes %s for an outage', async (_what, answer) => {
    let document: unknown = { keys: [old] };
    const keys = new SigningKeys(
      aTrustedIssuer(),
      async () => document,
      () => now,
    );
    await keys.find('old', 'deny');
    document = answer;
    now += 5 * MINUTES;
    await expect(keys.find('old', 'deny')).resolves.toHaveLength(1);
    now += 60 * MINUTES;
    await expect(keys.find('old', 'deny')).rejects.toMatchObject({ code: 'jwks_unavailable' });
  });

  it('gives every attempt one deadline for discovery and keys together', async () => {
    const signals: AbortSignal[] = [];
    const issuer = aTrustedIssuer({ issuers: ['https://idp.example.com'], jwksUri: undefined });
    const keys = new SigningKeys(issuer, async (url, signal) => {
      signals.push(signal);
      return url.pathname.endsWith('openid-configuration')
        ? { issuer: 'https://idp.example.com', jwks_uri: 'https://idp.example.com/jwks' }
        : { keys: [old] };
    });
    await expect(keys.find('old', 'deny')).resolves.toHaveLength(1);
    expect(signals).toHaveLength(2);
    expect(signals[0]).toBe(signals[1]);
  });

  it('does not wait for an attempt that the sandbox was frozen with', async () => {
    const { find, hold } = newKeys();
    await find('old');
    now += 4 * MINUTES;
    hold();
    await find('old');
    const thaw = release;
    now += 70 * MINUTES;
    hold();
    const found = find('old');
    release?.();
    await expect(found).resolves.toEqual(['old']);
    thaw?.();
    await settle();
    await expect(find('old')).resolves.toEqual(['old']);
    expect(fetches).toBe(3);
  });

  it('neither trusts old keys longer nor stops fetching when the clock is set back', async () => {
    const { find } = newKeys();
    await find('old');
    published = [fresh];
    now -= 60 * MINUTES;
    await expect(find('new')).resolves.toEqual(['new']);
    await expect(find('old')).resolves.toEqual([]);
  });
});

describe('SigningKeys with keys from the deployment', () => {
  const jwks = { keys: [old as Record<string, unknown>] };

  it('needs no fetch for them at the start', async () => {
    const { find } = newKeys({ jwks });
    outage = new Error('out');
    await expect(find('old')).resolves.toEqual(['old']);
    expect(fetches).toBe(0);
  });

  it('lets them age like any others', async () => {
    const { find } = newKeys({ jwks });
    published = [fresh];
    now += 5 * MINUTES;
    await expect(find('old')).resolves.toEqual([]);
    expect(fetches).toBe(1);
  });

  it('finds a key that was published since', async () => {
    const { find } = newKeys({ jwks });
    published = [old, fresh];
    now += 1;
    await expect(find('new')).resolves.toEqual(['new']);
  });

  it('refuses to start with keys that are of no use', () => {
    expect(() => newKeys({ jwks: { keys: [{ kty: 'oct', kid: 'k' }] } })).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    );
  });
});
