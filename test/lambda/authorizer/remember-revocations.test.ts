import { beforeEach, describe, expect, it, test } from '@jest/globals';
import { rememberRevocations } from '../../../lambda/authorizer/remember-revocations.ts';
import type { Revocation, RevocationTarget } from '../../../lambda/revocation.ts';
import { FOREVER, revocationKey } from '../../../lambda/revocation.ts';

const target = (dimension: RevocationTarget['dimension'], value = 'v'): RevocationTarget => ({
  dimension,
  issuerId: 'idp',
  value,
});
const NARROW = [target('token'), target('session'), target('subject')];
const BROAD = [target('client'), target('key'), target('issuer')];
const ALL = [...NARROW, ...BROAD];

let now: { monotonic: number; wall: number };
let revoked: Set<string>;
let asked: string[][];
let isDown: boolean;
const clocks = { monotonic: () => now.monotonic, wall: () => now.wall };
const pass = (milliseconds: number) => {
  now = { monotonic: now.monotonic + milliseconds, wall: now.wall + milliseconds };
};

beforeEach(() => {
  now = { monotonic: 5000, wall: 1_800_000_000_000 };
  revoked = new Set();
  asked = [];
  isDown = false;
});

async function read(targets: readonly RevocationTarget[]): Promise<readonly Revocation[]> {
  asked.push(targets.map(({ dimension }) => dimension));
  if (isDown) throw new Error('down');
  return targets
    .filter((each) => revoked.has(revocationKey(each)))
    .map((each) => ({ ...each, revokedBefore: FOREVER }));
}
const revoke = (each: RevocationTarget) => revoked.add(revocationKey(each));

describe('rememberRevocations', () => {
  it('reads token, session and subject every time, and the rest along with them once a second', async () => {
    const lookUp = rememberRevocations(read, { allowForMs: 0 }, clocks);
    for (const after of [0, 500, 499, 1, 999]) {
      pass(after);
      await lookUp(ALL);
    }

    const narrow = ['token', 'session', 'subject'];
    const all = [...narrow, 'client', 'key', 'issuer'];
    expect(asked).toEqual([all, narrow, narrow, all, narrow]);
  });

  test.each(BROAD)(
    'sees a $dimension record one second after it was written, however busy it is',
    async (broad) => {
      const lookUp = rememberRevocations(read, { allowForMs: 0 }, clocks);
      await lookUp(ALL);
      revoke(broad);

      for (let elapsed = 100; elapsed < 1000; elapsed += 100) {
        pass(100);
        expect((await lookUp(ALL)).revocations).toEqual([]);
      }
      pass(100);
      expect((await lookUp(ALL)).revocations).toHaveLength(1);
    },
  );

  test.each(NARROW)('sees a $dimension record at once', async (narrow) => {
    const lookUp = rememberRevocations(read, { allowForMs: 0 }, clocks);
    await lookUp(ALL);
    revoke(narrow);

    expect((await lookUp(ALL)).revocations).toHaveLength(1);
  });

  it('counts the second from before the read was sent, not from its answer', async () => {
    const slow = rememberRevocations(
      async (targets) => {
        const found = await read(targets);
        pass(700);
        return found;
      },
      { allowForMs: 0 },
      clocks,
    );
    await slow(ALL);
    revoke(target('issuer'));
    pass(300);

    expect((await slow(ALL)).revocations).toHaveLength(1);
  });

  it('keeps what the later of two reads said when they overtake each other', async () => {
    const gates: (() => void)[] = [];
    const lookUp = rememberRevocations(
      async (targets) => {
        const found = await read(targets);
        if (targets.length === ALL.length) await new Promise<void>((resolve) => gates.push(resolve));
        return found;
      },
      { allowForMs: 0 },
      clocks,
    );
    const early = lookUp(ALL);
    await Promise.resolve();
    pass(10);
    revoke(target('issuer'));
    const late = lookUp(ALL);
    await Promise.resolve();
    gates[1]?.();
    await late;
    gates[0]?.();
    await early;

    expect((await lookUp(ALL)).revocations).toHaveLength(1);
  });

  test.each([
    ['the wall clock was set back', { monotonic: 1000, wall: -5000 }],
    ['the sandbox stood still', { monotonic: 1, wall: 1000 }],
  ])('reads again after a second although %s', async (_what, change) => {
    const lookUp = rememberRevocations(read, { allowForMs: 0 }, clocks);
    await lookUp(ALL);
    now = { monotonic: now.monotonic + change.monotonic, wall: now.wall + change.wall };
    await lookUp(ALL);

    expect(asked.at(-1)).toHaveLength(6);
  });

  it('throws when the table is down, whatever it knew, unless it was told otherwise', async () => {
    const lookUp = rememberRevocations(read, { allowForMs: 0 }, clocks);
    await lookUp(ALL);
    isDown = true;

    await expect(lookUp(ALL)).rejects.toThrow('down');
  });

  describe('with 60 seconds on the last known state', () => {
    const lookUpOf = () => rememberRevocations(read, { allowForMs: 60_000 }, clocks);

    it('answers from it when the table is down, and says so', async () => {
      const lookUp = lookUpOf();
      await lookUp(ALL);
      isDown = true;
      pass(59_999);

      await expect(lookUp(ALL)).resolves.toEqual({ revocations: [], degraded: true });
    });

    it('throws once it is 60 seconds old, and does not grow younger by use', async () => {
      const lookUp = lookUpOf();
      await lookUp(ALL);
      isDown = true;
      pass(30_000);
      await lookUp(ALL);
      pass(30_000);

      await expect(lookUp(ALL)).rejects.toThrow('down');
    });

    it('throws for a token that it has never looked up, of a subject and client that it knows', async () => {
      const lookUp = lookUpOf();
      await lookUp(ALL);
      isDown = true;

      await expect(lookUp([target('token', 'another'), ...ALL.slice(1)])).rejects.toThrow('down');
    });

    it('still knows of a revocation that another token of the sandbox met', async () => {
      const lookUp = lookUpOf();
      await lookUp(ALL);
      revoke(target('issuer'));
      pass(1000);
      await lookUp([target('token', 'another'), ...ALL.slice(1)]);
      isDown = true;
      pass(1000);

      expect((await lookUp(ALL)).revocations).toHaveLength(1);
    });

    it('trusts the table again as soon as it answers', async () => {
      const lookUp = lookUpOf();
      await lookUp(ALL);
      isDown = true;
      await lookUp(ALL);
      isDown = false;
      revoke(target('token'));

      await expect(lookUp(ALL)).resolves.toMatchObject({ revocations: [{ dimension: 'token' }] });
    });
  });

  it('forgets the oldest beyond its bound: no stranger fills the memory', async () => {
    const lookUp = rememberRevocations(read, { allowForMs: 60_000 }, clocks);
    const first = [target('token', 'first')];
    await lookUp(first);
    for (let index = 0; index < 20_000; index += 1) await lookUp([target('token', `t-${index}`)]);
    isDown = true;

    await expect(lookUp(first)).rejects.toThrow('down');
    await expect(lookUp([target('token', 't-19999')])).resolves.toMatchObject({ degraded: true });
  });
});
