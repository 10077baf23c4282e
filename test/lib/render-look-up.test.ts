import { describe, expect, it, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Issuer } from '../../lib/issuer.ts';
import type { LookUpOptions } from '../../lib/render-look-up.ts';
import { renderLookUp } from '../../lib/render-look-up.ts';
import { anAuthorizer } from './an-authorizer.ts';

const rendered = (options: unknown) => JSON.parse(renderLookUp('Authorizer', options as LookUpOptions));

describe('renderLookUp', () => {
  test.each<[string, LookUpOptions, unknown]>([
    ['nothing', {}, {}],
    ['what is the default anyway', { onRevocationStoreUnavailable: 'fail' }, {}],
    ['the consistency', { readConsistency: 'eventual' }, { readConsistency: 'eventual' }],
    ['the deadline', { lookUpDeadline: Duration.millis(500) }, { deadlineMs: 500 }],
    [
      'the time on the last known state',
      { onRevocationStoreUnavailable: { allowFor: Duration.minutes(1) } },
      { allowOnStoreUnavailableSeconds: 60 },
    ],
    [
      'the routes on which it holds',
      {
        onRevocationStoreUnavailable: {
          allowFor: Duration.minutes(1),
          routes: ['GET /', 'GET /orders/{id}', 'ANY /files/{proxy+}', 'GET /a~b', '$connect', '$default'],
        },
      },
      {
        allowOnStoreUnavailableSeconds: 60,
        allowOnStoreUnavailableRoutes: [
          'GET /',
          'GET /orders/{id}',
          'ANY /files/{proxy+}',
          'GET /a~b',
          '$connect',
          '$default',
        ],
      },
    ],
  ])('renders %s', (_what, options, settings) => {
    expect(rendered(options)).toEqual(settings);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'another consistency',
      { readConsistency: 'weak' },
      /"readConsistency" is "weak"; give "strong" or "eventual"/,
    ],
    [
      'a deadline of nothing',
      { lookUpDeadline: Duration.millis(5) },
      /"lookUpDeadline" is 5 ms; give a Duration from 100 ms/,
    ],
    [
      'a deadline beyond that of the function',
      { lookUpDeadline: Duration.seconds(5) },
      /is 5000 ms; give a Duration/,
    ],
    ['another choice', { onRevocationStoreUnavailable: 'allow' }, /is "allow"; give "fail" or { allowFor:/],
    ['no time', { onRevocationStoreUnavailable: {} }, /"allowFor" is left out/],
    [
      'no end',
      { onRevocationStoreUnavailable: { allowFor: Duration.days(1) } },
      /"allowFor" is 86400 seconds; give/,
    ],
    ['a misspelling', { onRevocationStoreUnavailable: { allowfor: 5 } }, /there is no option "allowfor"/],
  ])('refuses %s', (_what, options, message) => {
    expect(() => rendered(options)).toThrow(message);
  });
});

describe('the routes on which the last known state may be used', () => {
  const renderedFor = (routes: unknown) =>
    rendered({ onRevocationStoreUnavailable: { allowFor: Duration.minutes(1), routes } });

  test.each([[[]], ['GET /orders'], [[7]], [null]])('are refused if they are %j', (routes) => {
    expect(() => renderedFor(routes)).toThrow(
      `Authorizer: option "onRevocationStoreUnavailable": "routes" is ${JSON.stringify(routes)}; give at least one route such as "GET /orders"`,
    );
  });

  test.each<[string[], string | undefined]>([
    [['ANY /orders/{id}'], 'GET /orders/{key}'],
    [['ANY /orders/{id}', 'GET /orders/{id}'], undefined],
    [['POST /orders/{id}'], undefined],
    [['ANY /orders'], undefined],
    [['$default'], undefined],
  ])('are refused if %j leaves out a verb that has a rule', (routes, leftOut) => {
    const choice = { allowFor: Duration.minutes(1), routes };
    const render = () =>
      renderLookUp('Authorizer', { onRevocationStoreUnavailable: choice }, false, [
        { route: 'GET /orders/{key}', anyone: true },
        { route: 'ANY /orders/{other}/x', anyone: true },
      ]);
    if (leftOut === undefined) expect(render).not.toThrow();
    else
      expect(render).toThrow(
        `Authorizer: option "onRevocationStoreUnavailable": "routes" has ${JSON.stringify(routes[0])}, which leaves out "${leftOut}", because option "routes" of the authorizer has a rule for that; list "${leftOut}", too, or list verbs instead of ANY.`,
      );
  });

  test.each([
    ['/orders', 'which is no route key'],
    ['/a b', 'whose verb is "/a"'],
    ['GET /a b', 'which is no route key'],
    ['get /orders', 'whose verb is "get"'],
    ['FETCH /orders', 'whose verb is "FETCH"'],
    ['GET orders', 'whose path does not begin with "/"'],
    ['GET /{proxy+}/more', 'whose {proxy+} is not at the end'],
    ['GET /{id}/{id}', 'which has the variable {id} twice'],
  ])('are refused if %s is among them', (route, problem) => {
    expect(() => renderedFor(['GET /ok', route])).toThrow(
      `Authorizer: option "onRevocationStoreUnavailable": "routes" has the route "${route}", ${problem}`,
    );
  });

  test.each([
    [
      ['GET /orders/{id}', 'GET /orders/{order}'],
      '"GET /orders/{id}" and "GET /orders/{order}" are the same route for API Gateway',
    ],
    [['$connect', '$connect'], '"$connect" and "$connect" are the same route for API Gateway'],
  ])('are refused if one is listed twice: %j', (routes, problem) => {
    expect(() => renderedFor(routes)).toThrow(
      `Authorizer: option "onRevocationStoreUnavailable": "routes": ${problem}`,
    );
  });
});

describe('the authorizer', () => {
  it('takes no list of routes beside a results cache', () => {
    const onRevocationStoreUnavailable = { allowFor: Duration.seconds(30), routes: ['GET /orders'] };

    expect(() =>
      anAuthorizer({ onRevocationStoreUnavailable, resultsCacheTtl: Duration.seconds(60) }),
    ).toThrow('"routes" does not work with a results cache');
  });

  it('hands the look-up to its function, and counts by itself what it lets through unchecked', () => {
    const { stack } = anAuthorizer({ onRevocationStoreUnavailable: { allowFor: Duration.seconds(30) } });
    const template = Template.fromStack(stack);

    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          REVOCABLE_AUTHORIZER_LOOK_UP: '{"allowOnStoreUnavailableSeconds":30}',
        }),
      },
    });
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ $.degraded IS TRUE }',
      MetricTransformations: [Match.objectLike({ MetricName: 'Orders/Authorizer/DegradedAllows' })],
    });
  });
});

describe('an issuer', () => {
  const issuerWith = (options: object) =>
    Issuer.oidc('https://idp.example.com/', { audience: 'orders', ...options }).settings;

  it('renders what its tokens are revoked by', () => {
    expect(
      issuerWith({
        revocableClaims: ['tenant', 'device'],
        requireSession: true,
        maxSessionLifetime: Duration.days(90),
      }),
    ).toMatchObject({
      revocableClaims: ['tenant', 'device'],
      requireSession: true,
      maxSessionLifetimeSeconds: 90 * 86_400,
    });
  });

  test.each<[string, object, RegExp]>([
    [
      'four claims',
      { revocableClaims: ['a', 'b', 'c', 'd'] },
      /"revocableClaims" is .*; give 1 to 3 different names/,
    ],
    ['a claim twice', { revocableClaims: ['a', 'a'] }, /give 1 to 3 different names/],
    ['an empty name', { revocableClaims: [''] }, /give 1 to 3 different names/],
    [
      'a session that is perhaps required',
      { requireSession: 'yes' },
      /"requireSession" is "yes"; give true or false/,
    ],
    [
      'a session without a life',
      { maxSessionLifetime: Duration.seconds(0) },
      /"maxSessionLifetime" is 0 seconds/,
    ],
  ])('refuses %s', (_what, options, message) => {
    expect(() => issuerWith(options)).toThrow(message);
  });
});
