import { Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFilterPattern, ILogGroup } from 'aws-cdk-lib/aws-logs';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export const METRIC_NAMESPACE = 'RevocableAuthorizer';

export interface DecisionMetricsProps {
  /** Where the authorizer logs a JSON line for each decision. */
  readonly logGroup: ILogGroup;
}

/**
 * Counts the decisions of an authorizer out of its log, from the first time that somebody asks for the count: CloudWatch
 * charges for every metric.
 *
 * Lambda's own metric `Errors` cannot tell them: a 401 is an exception to API Gateway, as much as a fault is.
 */
export class DecisionMetrics extends Construct {
  readonly #logGroup: ILogGroup;

  constructor(scope: Construct, id: string, { logGroup }: DecisionMetricsProps) {
    super(scope, id);
    this.#logGroup = logGroup;
  }

  allows(options?: MetricOptions): Metric {
    return this.#count('Allows', 'allow', options);
  }

  degradedAllows(options?: MetricOptions): Metric {
    return this.#count('DegradedAllows', DEGRADED, options);
  }

  denials(options?: MetricOptions): Metric {
    this.#addFilter('DenialsByReason', 'Denials', 'denial', { dimensions: REASON });
    return this.#count('Denials', 'denial', options);
  }

  wouldBeDenials(options?: MetricOptions): Metric {
    this.#addFilter('WouldBeDenialsByReason', 'WouldBeDenials', WOULD_DENY, { dimensions: REASON });
    return this.#count('WouldBeDenials', WOULD_DENY, options);
  }

  anomalies(options?: MetricOptions): Metric {
    return this.#count('Anomalies', ANOMALOUS, options);
  }

  faults(options?: MetricOptions): Metric {
    this.#addFilter('FaultsByReason', 'Faults', 'fault', { dimensions: REASON });
    return this.#count('Faults', 'fault', options);
  }

  /** A filter with dimensions publishes nothing without them, so the totals need filters of their own. */
  #count(name: string, decision: string | IFilterPattern, options: MetricOptions | undefined): Metric {
    return this.#addFilter(name, name, decision, { defaultValue: 0 }).metric({
      statistic: Stats.SUM,
      ...options,
    });
  }

  #addFilter(
    id: string,
    name: string,
    decision: string | IFilterPattern,
    props: { readonly defaultValue: number } | { readonly dimensions: typeof REASON },
  ): MetricFilter {
    const existing = this.node.tryFindChild(id);
    if (existing instanceof MetricFilter) return existing;
    return new MetricFilter(this, id, {
      logGroup: this.#logGroup,
      filterPattern:
        typeof decision === 'string' ? FilterPattern.stringValue('$.decision', '=', decision) : decision,
      metricNamespace: METRIC_NAMESPACE,
      metricName: this.#metricName(name),
      metricValue: '1',
      ...props,
    });
  }

  /** A filter's dimensions come from the log line alone, so that the authorizer is told apart by the metric's name. */
  #metricName(name: string): string {
    const stack = Stack.of(this);
    const path = this.node.scopes.slice(stack.node.scopes.length, -1).map(({ node }) => node.id);
    return [stack.stackName, ...path, name].join('/');
  }
}

const ANOMALOUS = FilterPattern.booleanValue('$.anomaly', true);
const DEGRADED = FilterPattern.booleanValue('$.degraded', true);
const WOULD_DENY = FilterPattern.booleanValue('$.wouldDeny', true);
const REASON = { Reason: '$.reason' } as const;
