import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CachedApi, ResultsCacheSettings } from '../../../lambda/environment.ts';
import { ENVIRONMENT } from '../../../lambda/environment.ts';
import type { FlushedAnswer } from '../../../lambda/revocations/flush-caches.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { ControlPlane } from '../../support/a-control-plane.ts';
import { aControlPlane, useControlPlane } from '../../support/a-control-plane.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

const IN_FLIGHT_MS = 100;
const WORST_CASE_SECONDS = 305;

let issuer: TestIssuer;
let table: TestTable;
let plane: ControlPlane;

beforeAll(async () => {
  issuer = await anIssuer();
});
afterAll(() => issuer.close());
beforeEach(async () => {
  table = await aRevocationTable();
  plane = await aControlPlane();
  plane.parameters = [aCachedApi()];
  useControlPlane(plane);
});
afterEach(async () => {
  delete process.env[ENVIRONMENT.resultsCache];
  delete process.env[ENVIRONMENT.worstCaseSeconds];
  await plane.close();
  await table.close();
});

/** API Gateway says at once of an HTTP API that its flush is done. */
const AN_HTTP_API = { kind: 'http', api: 'g7h8i9', stages: ['$default'] } as const;

const aCachedApi = (changes?: Partial<CachedApi>) =>
  JSON.stringify({ kind: 'rest', api: 'a1b2c3', stages: ['prod'], ...changes } satisfies CachedApi);

/** A sandbox of the admin function, with a results cache unless told otherwise. */
function aSandbox(changes: Partial<ResultsCacheSettings> | null = {}) {
  const settings = { inFlightMs: IN_FLIGHT_MS, registryPath: '/revocable-authorizer/Test/c8', ...changes };
  if (changes !== null) process.env[ENVIRONMENT.resultsCache] = JSON.stringify(settings);
  process.env[ENVIRONMENT.worstCaseSeconds] = JSON.stringify({ subject: WORST_CASE_SECONDS });
  return aBundle<FlushedAnswer>('revocations', { issuers: [issuer.settings()], tableName: table.tableName });
}

const revoke = (subject = 'alice', changes = {}) => ({
  command: 'revoke',
  target: { dimension: 'subject', subject },
  reason: 'laptop stolen',
  actor: 'ops@example.com',
  ...changes,
});
const nowSeconds = () => Math.ceil(Date.now() / 1000);
const revokedSubjects = async () => (await table.states()).flatMap(({ value }) => value?.S ?? []);

describe('the flush of the results caches', () => {
  it('follows a revocation, and the answer of a REST API, which accepts it, changes no promise', async () => {
    let revokedAtFlush: string[] = [];
    plane.onFlush = async () => {
      revokedAtFlush = await revokedSubjects();
      return 202;
    };
    const earliest = Math.floor(Date.now() / 1000) + WORST_CASE_SECONDS;
    const startedAt = performance.now();

    const answer = await aSandbox()(revoke());

    expect(answer).toMatchObject({
      changed: true,
      flushed: 'accepted',
      flushedStages: [{ api: 'a1b2c3', stage: 'prod', flushed: 'accepted' }],
    });
    expect(plane.flushes.map(({ path }) => path)).toEqual([
      'DELETE /restapis/a1b2c3/stages/prod/cache/authorizers',
    ]);
    expect(plane.flushes[0]?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-east-1\/apigateway\/aws4_request, SignedHeaders=host;/,
    );
    expect(revokedAtFlush).toEqual(['alice']);
    expect((plane.flushes[0]?.at ?? 0) - startedAt).toBeGreaterThanOrEqual(IN_FLIGHT_MS);
    expect('effectiveFrom' in answer && answer.effectiveFrom).toBeGreaterThanOrEqual(earliest);
  });

  it('is done for an HTTP API, and the answer says that the revocation holds from then on', async () => {
    plane.parameters = [aCachedApi(AN_HTTP_API)];
    plane.onFlush = () => 204;
    const answer = await aSandbox()(revoke());
    expect(answer).toMatchObject({ flushed: 'done', flushedStages: [{ api: 'g7h8i9', flushed: 'done' }] });
    expect(answer).toHaveProperty('effectiveFrom', expect.any(Number));
    expect('effectiveFrom' in answer && answer.effectiveFrom).toBeLessThanOrEqual(nowSeconds());
  });

  it('is no more than accepted where one of several APIs only accepts it', async () => {
    plane.parameters = [aCachedApi(AN_HTTP_API), aCachedApi()];
    plane.onFlush = ({ path }) => (path.includes('/v2/') ? 204 : 202);
    const earliest = Math.floor(Date.now() / 1000) + WORST_CASE_SECONDS;
    const answer = await aSandbox()(revoke());
    expect(answer).toMatchObject({ flushed: 'accepted' });
    expect('effectiveFrom' in answer && answer.effectiveFrom).toBeGreaterThanOrEqual(earliest);
  });

  it('does not reach caches elsewhere, so that the answer reckons with their lifetime', async () => {
    plane.parameters = [aCachedApi(AN_HTTP_API)];
    plane.onFlush = () => 204;
    const earliest = Math.floor(Date.now() / 1000) + WORST_CASE_SECONDS;
    const answer = await aSandbox({ hasExternalCaches: true })(revoke());
    expect(answer).toMatchObject({ flushed: 'done' });
    expect('effectiveFrom' in answer && answer.effectiveFrom).toBeGreaterThanOrEqual(earliest);
  });

  it('reaches every stage of every API in the registry, page by page', async () => {
    plane.parameters = [
      aCachedApi({ stages: ['prod', 'beta'] }),
      aCachedApi({ api: 'd4e5f6' }),
      aCachedApi({ api: 'd4e5f6' }), // by another authorizer
      aCachedApi({ kind: 'http', api: 'g7h8i9', stages: ['$default'] }),
    ];

    const answer = await aSandbox()(revoke());

    expect(plane.asked).toEqual([
      'AmazonSSM.GetParametersByPath /revocable-authorizer/Test/c8',
      'AmazonSSM.GetParametersByPath /revocable-authorizer/Test/c8',
    ]);
    expect(plane.flushes.map(({ path }) => path).sort()).toEqual([
      'DELETE /restapis/a1b2c3/stages/beta/cache/authorizers',
      'DELETE /restapis/a1b2c3/stages/prod/cache/authorizers',
      'DELETE /restapis/d4e5f6/stages/prod/cache/authorizers',
      'DELETE /v2/apis/g7h8i9/stages/%24default/cache/authorizers',
    ]);
    expect(answer).toMatchObject({ flushed: 'accepted' });
  });

  it('waits a second longer for what the authorizer reads only once a second', async () => {
    const startedAt = performance.now();
    await aSandbox()(revoke('', { target: { dimension: 'client', client: 'web' } }));
    expect((plane.flushes[0]?.at ?? 0) - startedAt).toBeGreaterThanOrEqual(1000 + IN_FLIGHT_MS);
  });

  it('does not happen without a cache, for a dry run, or for a command that changes nothing', async () => {
    await expect(aSandbox(null)(revoke('bob'))).resolves.toMatchObject({
      changed: true,
      flushed: null,
      flushedStages: [],
    });
    const sandbox = aSandbox();
    await expect(sandbox(revoke('alice', { dryRun: true }))).resolves.toMatchObject({ flushed: null });
    const { target } = revoke('bob');
    await expect(sandbox({ command: 'check', target })).resolves.not.toHaveProperty('flushed');
    expect(plane.flushes).toEqual([]);
  });

  it('follows a reinstatement too, because refusals may be in the cache', async () => {
    const { target, reason, actor } = revoke('bob');
    await aSandbox(null)(revoke('bob'));
    const sandbox = aSandbox();
    const reinstate = { command: 'reinstate', target, reason, actor };
    await expect(sandbox(reinstate)).resolves.toMatchObject({
      changed: true,
      flushed: 'accepted',
      flushedStages: [{ flushed: 'accepted' }],
    });
    await expect(sandbox(reinstate)).resolves.toMatchObject({
      changed: false,
      flushed: 'accepted',
      flushedStages: [{ flushed: 'accepted' }],
    });
    expect(plane.flushes).toHaveLength(2);
  });

  it('is tried again when API Gateway or SSM throttles, or has trouble', async () => {
    plane.onPage = (count) => (count === 1 ? 400 : 200);
    plane.onFlush = (_request, count) => [429, 503][count - 1] ?? 202;

    await expect(aSandbox()(revoke())).resolves.toMatchObject({
      flushed: 'accepted',
      flushedStages: [{ flushed: 'accepted' }],
    });
    expect(plane.flushes).toHaveLength(3);
  });

  it('takes a stage that was deleted for flushed', async () => {
    plane.onFlush = () => 404;
    await expect(aSandbox()(revoke())).resolves.toMatchObject({ flushed: 'done' });
  });

  it('may fail: the revocation holds, and the answer says from when on it does without a flush', async () => {
    plane.parameters = [aCachedApi(AN_HTTP_API)];
    plane.onFlush = (_request, count) => (count === 1 ? 403 : 204);
    const sandbox = aSandbox();
    const earliest = Math.floor(Date.now() / 1000) + WORST_CASE_SECONDS;

    // A cut-off would move on with the clock.
    const block = revoke('alice', { block: true });
    const answer = await sandbox(block);

    const flushedStages = [{ api: 'g7h8i9', stage: '$default', flushed: 'failed' }];
    expect(answer).toMatchObject({ changed: true, flushed: 'failed', flushedStages });
    expect('effectiveFrom' in answer && answer.effectiveFrom).toBeGreaterThanOrEqual(earliest);
    expect(await revokedSubjects()).toEqual(['alice']);

    const repeated = await sandbox(block);
    expect(repeated).toMatchObject({ changed: false, flushed: 'done' });
    expect('effectiveFrom' in repeated && repeated.effectiveFrom).toBeLessThanOrEqual(nowSeconds());
  });

  it('is not claimed when the registry cannot be read, or is empty', async () => {
    plane.parameters = [];
    const earliest = Math.floor(Date.now() / 1000) + WORST_CASE_SECONDS;
    const empty = await aSandbox()(revoke());
    expect(empty).toMatchObject({ flushed: null });
    expect('effectiveFrom' in empty && empty.effectiveFrom).toBeGreaterThanOrEqual(earliest);

    plane.parameters = ['"not an API"'];
    await expect(aSandbox()(revoke())).resolves.toMatchObject({
      flushed: 'failed',
      flushedStages: [{ api: '*' }],
    });
  });

  it('is not relied on when authorizations may go on for longer than a command can wait', async () => {
    plane.parameters = [aCachedApi(AN_HTTP_API)];
    plane.onFlush = () => 204;
    const earliest = Math.floor(Date.now() / 1000) + WORST_CASE_SECONDS;
    const answer = await aSandbox({ inFlightMs: 60_000 })(revoke());
    expect(answer).toMatchObject({ flushed: 'done' });
    expect('effectiveFrom' in answer && answer.effectiveFrom).toBeGreaterThanOrEqual(earliest);
  });

  it('is shared by revocations at the same time, and each is followed by one that began after its write', async () => {
    const flushes: { revoked: string[]; endedAt: number }[] = [];
    plane.onFlush = async () => {
      const revoked = await revokedSubjects();
      await new Promise((resolve) => setTimeout(resolve, 300));
      flushes.push({ revoked, endedAt: performance.now() });
      return 202;
    };
    const subjects = Array.from({ length: 12 }, (_, index) => `subject-${index}`);

    const answers = await Promise.all(
      subjects.map(async (subject, index) => {
        const sandbox = aSandbox();
        await new Promise((resolve) => setTimeout(resolve, index * 40));
        const answer = await sandbox(revoke(subject));
        return { subject, answer, answeredAt: performance.now() };
      }),
    );

    for (const { subject, answer, answeredAt } of answers) {
      expect(answer).toMatchObject({
        changed: true,
        flushed: 'accepted',
        flushedStages: [{ flushed: 'accepted' }],
      });
      expect(flushes.some(({ revoked, endedAt }) => revoked.includes(subject) && endedAt <= answeredAt)).toBe(
        true,
      );
    }
    expect(plane.flushes.length).toBeLessThan(subjects.length / 2);
  });

  it('goes on after somebody died in the middle of theirs', async () => {
    await table.putItem({
      key: { S: 'results-cache' },
      entry: { S: 'flush' },
      begun: { N: '7' },
      ended: { N: '6' },
      until: { N: String(Date.now() - 1) },
      outcome: { S: '[]' },
    });
    await expect(aSandbox()(revoke())).resolves.toMatchObject({
      flushed: 'accepted',
      flushedStages: [{ flushed: 'accepted' }],
    });
    expect(plane.flushes).toHaveLength(1);
  });
});
