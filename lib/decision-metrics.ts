import { Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export const METRIC_NAMESPACE = 'RevocableAuthorizer';

export interface DecisionMetricsProps {
  /** Where the authorizer logs a JSON line for each decision. */
  readonly logGroup: ILogGroup;
}

/**
 * Counts the decisions of an authorizer out of its log.
 *
 * Lambda's own metric `Errors` cannot tell them: a 401 is an exception to API Gateway, as much as a fault is.
 */
export class DecisionMetrics extends Construct {
  readonly #allows: MetricFilter;
  readonly #denials: MetricFilter;
  readonly #faults: MetricFilter;
  readonly #logGroup: ILogGroup;

  constructor(scope: Construct, id: string, { logGroup }: DecisionMetricsProps) {
    super(scope, id);
    this.#logGroup = logGroup;
    this.#allows = this.#addTotal('Allows', 'allow');
    this.#denials = this.#addTotal('Denials', 'denial');
    this.#faults = this.#addTotal('Faults', 'fault');
    this.#addByReason('Denials', 'denial');
    this.#addByReason('Faults', 'fault');
  }

  allows(options?: MetricOptions): Metric {
    return this.#allows.metric({ statistic: Stats.SUM, ...options });
  }

  denials(options?: MetricOptions): Metric {
    return this.#denials.metric({ statistic: Stats.SUM, ...options });
  }

  faults(options?: MetricOptions): Metric {
    return this.#faults.metric({ statistic: Stats.SUM, ...options });
  }

  #addTotal(name: string, decision: string): MetricFilter {
    return new MetricFilter(this, name, {
      logGroup: this.#logGroup,
      filterPattern: FilterPattern.stringValue('$.decision', '=', decision),
      metricNamespace: METRIC_NAMESPACE,
      metricName: this.#metricName(name),
      metricValue: '1',
      defaultValue: 0,
    });
  }

  /** A filter with dimensions publishes nothing without them, so the totals need filters of their own. */
  #addByReason(name: string, decision: string): void {
    new MetricFilter(this, `${name}ByReason`, {
      logGroup: this.#logGroup,
      filterPattern: FilterPattern.stringValue('$.decision', '=', decision),
      metricNamespace: METRIC_NAMESPACE,
      metricName: this.#metricName(name),
      metricValue: '1',
      dimensions: { Reason: '$.reason' },
    });
  }

  /** A filter's dimensions come from the log line alone, so that the authorizer is told apart by the metric's name. */
  #metricName(name: string): string {
    const stack = Stack.of(this);
    const path = this.node.scopes.slice(stack.node.scopes.length, -1).map(({ node }) => node.id);
    return [stack.stackName, ...path, name].join('/');
  }
}
