import { describe, expect, it, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { anAuthorizer, logicalId } from './an-authorizer.ts';

const TYPE = 'AWS::Logs::MetricFilter';

/** The template of an authorizer whose metrics were asked for, twice. */
function aTemplateWithMetrics(): Template {
  const { stack, authorizer } = anAuthorizer();
  for (let times = 0; times < 2; times += 1) {
    authorizer.metricAllows();
    authorizer.metricDenials();
    authorizer.metricFaults();
  }
  return Template.fromStack(stack);
}

describe('the metrics', () => {
  it('are made when somebody asks for them, once', () => {
    Template.fromStack(anAuthorizer().stack).resourceCountIs(TYPE, 0);
    aTemplateWithMetrics().resourceCountIs(TYPE, 5);
  });

  test.each([
    ['Allows', 'allow'],
    ['Denials', 'denial'],
    ['Faults', 'fault'],
  ])('count %s by the lines that the authorizer logs', (name, decision) => {
    const template = aTemplateWithMetrics();
    template.hasResourceProperties(TYPE, {
      LogGroupName: { Ref: logicalId(template, 'AWS::Logs::LogGroup', 'AuthorizerFunctionLogs') },
      FilterPattern: `{ $.decision = "${decision}" }`,
      MetricTransformations: [
        {
          MetricNamespace: 'RevocableAuthorizer',
          MetricName: `Orders/Authorizer/${name}`,
          MetricValue: '1',
          DefaultValue: 0,
          Dimensions: Match.absent(),
        },
      ],
    });
  });

  test.each([
    ['Denials', 'denial'],
    ['Faults', 'fault'],
  ])('count %s by reason too', (name, decision) => {
    aTemplateWithMetrics().hasResourceProperties(TYPE, {
      FilterPattern: `{ $.decision = "${decision}" }`,
      MetricTransformations: [
        Match.objectLike({
          MetricName: `Orders/Authorizer/${name}`,
          Dimensions: [{ Key: 'Reason', Value: '$.reason' }],
        }),
      ],
    });
  });

  it('count anomalies apart', () => {
    const { stack, authorizer } = anAuthorizer();
    authorizer.metricAnomalies();
    Template.fromStack(stack).hasResourceProperties(TYPE, {
      FilterPattern: '{ $.anomaly IS TRUE }',
      MetricTransformations: [
        Match.objectLike({ MetricName: 'Orders/Authorizer/Anomalies', DefaultValue: 0 }),
      ],
    });
  });

  it('count what a log-only rule lets through, in all and by reason, wherever there is one', () => {
    const refusesSome = { scopes: ['orders'] };
    const filters = [
      { routes: { 'GET /orders': { ...refusesSome, logOnly: true } } },
      { routes: { 'GET /orders': refusesSome }, routesMode: 'log-only' as const },
      { routes: { 'GET /orders': refusesSome } },
    ].map((props) => Object.values(Template.fromStack(anAuthorizer(props).stack).findResources(TYPE)));
    const filter = (transformation: object) => ({
      Properties: expect.objectContaining({
        FilterPattern: '{ $.wouldDeny IS TRUE }',
        MetricTransformations: [
          expect.objectContaining({ MetricName: 'Orders/Authorizer/WouldBeDenials', ...transformation }),
        ],
      }),
    });
    const both = expect.arrayContaining([
      expect.objectContaining(filter({ DefaultValue: 0 })),
      expect.objectContaining(filter({ Dimensions: [{ Key: 'Reason', Value: '$.reason' }] })),
    ]);
    expect(filters).toEqual([both, both, []]);
    expect(anAuthorizer().authorizer.metricWouldBeDenials().metricName).toBe(
      'Orders/Authorizer/WouldBeDenials',
    );
  });

  it('are sums over five minutes, of one reason when asked', () => {
    const { authorizer } = anAuthorizer();
    const seen = [
      authorizer.metricAllows(),
      authorizer.metricDenials({ dimensionsMap: { Reason: 'token_revoked' } }),
      authorizer.metricFaults({ statistic: 'Maximum' }),
    ].map(({ namespace, metricName, statistic, dimensions, period }) => ({
      namespace,
      metricName,
      statistic,
      dimensions,
      minutes: period.toMinutes(),
    }));
    const common = { namespace: 'RevocableAuthorizer', minutes: 5 };
    expect(seen).toEqual([
      { ...common, metricName: 'Orders/Authorizer/Allows', statistic: 'Sum' },
      {
        ...common,
        metricName: 'Orders/Authorizer/Denials',
        statistic: 'Sum',
        dimensions: { Reason: 'token_revoked' },
      },
      { ...common, metricName: 'Orders/Authorizer/Faults', statistic: 'Maximum' },
    ]);
  });
});
