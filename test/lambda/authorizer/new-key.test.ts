// A token of a key that was published a moment ago, after a stranger made the authorizer look for another one in vain.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DenialDetail } from '../../../lambda/environment.ts';
import { DENIAL_DETAILS, ENVIRONMENT } from '../../../lambda/environment.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { Kind } from '../../support/an-authorizer-event.ts';
import { anAuthorizerEvent, bearer, KINDS } from '../../support/an-authorizer-event.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

let issuer: TestIssuer;
let added: TestIssuer;
let table: TestTable;
beforeAll(async () => {
  [issuer, added, table] = await Promise.all([anIssuer(), anIssuer(), aRevocationTable()]);
});
afterAll(() => Promise.all([issuer.close(), added.close(), table.close()]));
beforeEach(() => publish(issuer.jwk));

const publish = (...keys: readonly object[]) => {
  issuer.answer = { status: 200, body: JSON.stringify({ keys }) };
};

/** What a warm authorizer answers, `Unauthorized` and faults included, as API Gateway would tell them apart. */
async function answerInCoolDown(kind: Kind, detail: DenialDetail, hasCache: boolean): Promise<unknown> {
  const authorize = aBundle<object>('authorizer', {
    issuers: [issuer.settings()],
    tableName: table.tableName,
    variables: {
      [ENVIRONMENT.denialDetail]: detail,
      ...(hasCache && { [ENVIRONMENT.hasResultsCache]: '1' }),
    },
  });
  const ask = (token: string) =>
    authorize(anAuthorizerEvent(kind, bearer(token))).then(
      (answer) => JSON.stringify(answer),
      (error: Error) => error.message.replace(/:.*/, ''),
    );
  const first = await ask(issuer.token({ header: { kid: 'made-up' } }));
  expect(first).not.toMatch(/jwks_throttled|Allow|true/);
  publish(issuer.jwk, added.jwk);
  const answer = await ask(issuer.token({ header: { kid: added.kid }, signingKey: added.privateKey }));
  return answer === first ? 'refused' : answer;
}

const CACHED: Readonly<Record<Kind, readonly DenialDetail[]>> = {
  'rest-token': ['reason'],
  'rest-request': ['reason'],
  'http-1.0': DENIAL_DETAILS,
  'http-2.0': DENIAL_DETAILS,
  websocket: [],
};

describe('a token of a key that was published a moment ago', () => {
  test.each(KINDS.flatMap((kind) => DENIAL_DETAILS.map((detail) => [kind, detail] as const)))(
    'is refused by a %s authorizer with the detail %s, and is a fault where a cache would keep the refusal',
    async (kind, detail) => {
      await expect(answerInCoolDown(kind, detail, false)).resolves.toBe('refused');
      publish(issuer.jwk);
      await expect(answerInCoolDown(kind, detail, true)).resolves.toBe(
        CACHED[kind].includes(detail) ? 'jwks_throttled' : 'refused',
      );
    },
  );
});
