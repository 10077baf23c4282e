import { describe, expect, it, test } from '@jest/globals';
import { App, Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { rememberRevocations } from '../../lambda/authorizer/remember-revocations.ts';
import type { Dimension } from '../../lambda/environment.ts';
import { DIMENSIONS } from '../../lambda/environment.ts';
import { FOREVER } from '../../lambda/revocation.ts';
import { AuthorizerStack } from '../../lib/authorizer-stack.ts';
import { defineConfig } from '../../lib/define-config.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer } from './an-authorizer.ts';

/** The deadline in seconds, by dimension. */
function secondsOf(props: Partial<RevocableAuthorizerProps>): Record<Dimension, number> {
  const { revocationDeadline } = anAuthorizer(props).authorizer;
  const entries = DIMENSIONS.map((dimension) => [dimension, revocationDeadline[dimension].toSeconds()]);
  return Object.fromEntries(entries);
}

const every = (narrow: number, broad: number) => ({
  token: narrow,
  session: narrow,
  subject: narrow,
  client: broad,
  key: broad,
  issuer: broad,
  claim: broad,
});

describe('revocationDeadline', () => {
  test.each<[string, Partial<RevocableAuthorizerProps>, ReturnType<typeof every>]>([
    ['nothing', {}, every(0, 1)],
    // the lifetime of the cache, and the time limit of an authorization that was in flight at the revocation
    ['a results cache', { resultsCacheTtl: Duration.minutes(5) }, every(305, 306)],
    ['a results cache elsewhere', { externalResultsCacheTtl: Duration.minutes(5) }, every(305, 306)],
    [
      'a results cache here, and a longer one elsewhere',
      { resultsCacheTtl: Duration.minutes(5), externalResultsCacheTtl: Duration.hours(1) },
      every(3605, 3606),
    ],
    [
      'going on without the table',
      { onRevocationStoreUnavailable: { allowFor: Duration.seconds(60) } },
      every(60, 61),
    ],
    ['eventual reads', { readConsistency: 'eventual' }, every(1, 2)],
    [
      'all of it',
      {
        resultsCacheTtl: Duration.seconds(10),
        readConsistency: 'eventual',
        onRevocationStoreUnavailable: { allowFor: Duration.seconds(20) },
      },
      every(36, 37),
    ],
  ])('adds up what delays a revocation, with %s', (_what, props, expected) => {
    expect(secondsOf(props)).toEqual(expected);
    const { revocationDeadline } = anAuthorizer(props).authorizer;
    expect(revocationDeadline.maximum.toSeconds()).toBe(expected.claim);
    expect(revocationDeadline.isBounded).toBe(props.readConsistency !== 'eventual');
  });

  test.each(DIMENSIONS)(
    'is what the authorizer keeps to, for a revocation of the dimension %s',
    async (dimension) => {
      const clock = { ms: 0 };
      const target = { dimension, issuerId: 'i', value: 'v' };
      const records = new Set<{ revokedBefore: number } & typeof target>();
      const clocks = { monotonic: () => clock.ms, wall: () => clock.ms };
      const lookUp = rememberRevocations(
        async (due) => (due.length > 0 ? [...records] : []),
        { allowForMs: 0 },
        clocks,
      );
      await lookUp([target]);
      records.add({ ...target, revokedBefore: FOREVER });
      const deadlineMs = secondsOf({})[dimension] * 1000;

      if (deadlineMs > 0) {
        clock.ms = deadlineMs - 1;
        await expect(lookUp([target])).resolves.toMatchObject({ revocations: [] });
      }
      clock.ms = deadlineMs;
      await expect(lookUp([target])).resolves.toMatchObject({ revocations: [{ value: 'v' }] });
    },
  );

  it('is printed at synth as an information, and no warning', () => {
    const { stack } = anAuthorizer();
    const message = Match.stringLikeRegexp(
      'A revocation holds at once \\(token, session, subject\\), within 1 second \\(client, key, issuer, claim\\)\\.',
    );
    expect(Annotations.fromStack(stack).findInfo('/Orders/Authorizer', message)).toHaveLength(1);
    const warning = Match.stringLikeRegexp('revocable-authorizer:revocationDeadline');
    expect(Annotations.fromStack(stack).findWarning('*', warning)).toEqual([]);
    const { revocationDeadline } = anAuthorizer({ readConsistency: 'eventual' }).authorizer;
    expect(String(revocationDeadline)).toBe(
      'usually within 1 second (token, session, subject), usually within 2 seconds (client, key, issuer, claim)',
    );
  });

  it('is an output of the stack', () => {
    const config = defineConfig({ issuers: [anIssuer()], revocationWithin: Duration.seconds(1) });
    Template.fromStack(new AuthorizerStack(new App(), config)).hasOutput('RevocationDeadline', {
      Value: 'at once (token, session, subject), within 1 second (client, key, issuer, claim)',
    });
  });

  test.each<[string, Partial<RevocableAuthorizerProps>]>([
    ['here', { resultsCacheTtl: Duration.seconds(1) }],
    ['elsewhere', { externalResultsCacheTtl: Duration.seconds(1) }],
  ])('is told to the admin function, which answers with it, with a cache %s', (_where, props) => {
    const { stack } = anAuthorizer(props);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 30,
      Environment: {
        Variables: Match.objectLike({
          REVOCABLE_AUTHORIZER_WORST_CASE_SECONDS: JSON.stringify(every(6, 7)),
        }),
      },
    });
  });
});

describe('an expired token', () => {
  const EXPIRED = 'An expired token';
  test.each<[string, Partial<RevocableAuthorizerProps>, string | undefined]>([
    ['a results cache here', { resultsCacheTtl: Duration.minutes(5) }, '5 minutes'],
    ['a results cache elsewhere', { externalResultsCacheTtl: Duration.hours(1) }, '1 hour'],
    ['no results cache', {}, undefined],
  ])('is told of at synth, with %s', (_what, props, time) => {
    const { stack } = anAuthorizer(props);
    const infos = Annotations.fromStack(stack).findInfo('*', Match.stringLikeRegexp(EXPIRED));
    expect(infos.map(({ entry }) => String(entry.data).split(' [ack')[0])).toEqual(
      time === undefined
        ? []
        : [
            `An expired token that is in a results cache is accepted for up to ${time} after its exp plus the grace of its issuer, because API Gateway does not look at exp.`,
          ],
    );
  });
});

describe('revocationWithin', () => {
  test.each<[Partial<RevocableAuthorizerProps>, number]>([
    [{}, 1],
    [{ resultsCacheTtl: Duration.minutes(5) }, 306],
  ])('accepts what %j keeps to, to the second', (props, seconds) => {
    expect(() => anAuthorizer({ ...props, revocationWithin: Duration.seconds(seconds) })).not.toThrow();
  });

  test.each<[string, Partial<RevocableAuthorizerProps>, number, string]>([
    [
      'the results cache',
      { resultsCacheTtl: Duration.minutes(5) },
      305,
      'RevocableAuthorizer "Authorizer": option "revocationWithin" is 5 minutes 5 seconds, but a revocation may take 5 minutes 6 seconds: 5 minutes by "resultsCacheTtl", 5 seconds by an answer of the authorizer on its way into that cache, 1 second by the records of clients, keys, issuers and claims, which are read once a second; turn the cache off with resultsCacheTtl: Duration.seconds(0), or raise "revocationWithin" to 5 minutes 6 seconds.',
    ],
    [
      'a results cache elsewhere',
      { externalResultsCacheTtl: Duration.hours(1) },
      5,
      'option "revocationWithin" is 5 seconds, but a revocation may take 1 hour 6 seconds: 1 hour by "externalResultsCacheTtl", 5 seconds by an answer of the authorizer on its way into that cache, 1 second by the records of clients, keys, issuers and claims, which are read once a second; turn the caches elsewhere off and leave "externalResultsCacheTtl" out, or raise "revocationWithin" to 1 hour 6 seconds.',
    ],
    [
      'going on without the table',
      { onRevocationStoreUnavailable: { allowFor: Duration.seconds(30) } },
      5,
      '30 seconds by "onRevocationStoreUnavailable", 1 second by the records of clients, keys, issuers and claims, which are read once a second; leave "onRevocationStoreUnavailable" out, or raise "revocationWithin" to 31 seconds.',
    ],
    [
      'eventual reads, which have no limit',
      { readConsistency: 'eventual' },
      3600,
      'option "revocationWithin" is 1 hour, but with readConsistency "eventual" DynamoDB gives no limit',
    ],
    ['no time at all', {}, 0, 'option "revocationWithin" is 0 seconds; give a Duration of whole seconds'],
  ])('refuses %s', (_what, props, seconds, message) => {
    expect(() => anAuthorizer({ ...props, revocationWithin: Duration.seconds(seconds) })).toThrow(message);
  });
});
