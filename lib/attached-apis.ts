import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RoutedApi, RoutePattern, RouteRule, RouteTable } from '../lambda/route-table.ts';
import { sortRoutes } from '../lambda/route-table.ts';
import type { ApiRoute, AttachedApi, OpenRoute } from './api-route.ts';
import { routesOf } from './api-route.ts';
import type { UnusedRule } from './check-coverage.ts';
import { checkCoverage } from './check-coverage.ts';
import type { DecidingRules } from './deciding-rules.ts';
import { openDecidingRules } from './deciding-rules.ts';
import { readRouteKey } from './read-route-key.ts';
import { refuseHeaderKeySource } from './refuse-header-key-source.ts';
import { refuseResourcePolicy } from './refuse-resource-policy.ts';
import { renderRouteReport } from './route-report.ts';
import { showPlaceholders } from './show-placeholders.ts';
import { warn } from './warn.ts';
import { warnOfOpenRoute } from './warn-of-open-route.ts';

/** What {@link AttachedApis} goes by. */
export interface AttachedApisProps {
  /** Whose APIs these are, as the reader wrote it: `RevocableAuthorizer "Authorizer"`. */
  readonly what: string;
  /** Left out: every live token may call every route. */
  readonly table?: RouteTable | undefined;
  /** Of `resultsCacheTtl`. */
  readonly cacheTtlSeconds: number;
  /** Rules that are meant in spite of what is found, with the reasons. */
  readonly acknowledged: Readonly<Record<string, string>>;
  /** Whether every API of the authorizer is in this application, if one is. */
  readonly isWhole: boolean;
  /** Whether there is a `usageIdentifierKeyClaim`. */
  readonly givesApiKeys: boolean;
}

/** An API, and the authorizer that it was given. */
export interface ApiAttachment extends Pick<AttachedApi, 'kind' | 'api' | 'apiId'> {
  readonly authorizerId: string;
}

/** A rule, its route taken apart. */
export interface KeyedRule extends RouteRule {
  readonly pattern: RoutePattern;
}

/** A route of an API, and who may call it. */
export interface CheckedRoute extends ApiRoute, DecidingRules<KeyedRule> {}

/** An API and its routes. */
export interface CheckedApi extends AttachedApi {
  readonly routes: readonly CheckedRoute[];
  /** The constructs of the methods whose paths are not known. */
  readonly withoutPath: readonly string[];
  readonly open: readonly OpenRoute[];
}

/**
 * The APIs that an authorizer is attached to in this application. Compares their routes with the route table when the
 * application is synthesized, and writes down who may call what.
 *
 * Does NOT see the APIs of other applications.
 */
export class AttachedApis extends Construct {
  readonly #props: AttachedApisProps;
  readonly #rules: readonly KeyedRule[];
  readonly #apis = new Map<string, AttachedApi>();

  constructor(scope: Construct, id: string, props: AttachedApisProps) {
    super(scope, id);
    this.#props = props;
    this.#rules = (props.table?.rules ?? []).map((rule) => ({
      ...rule,
      pattern: readRouteKey(props.what, rule.route),
    }));
    const { table } = props;
    this.node.addValidation({
      // Not before, because aspects may still open and close routes.
      validate: () => {
        const apis = this.#check();
        this.#warn(apis);
        return this.#findings(apis);
      },
    });
    attachCustomSynthesis(this, {
      onSynthesize: ({ outdir }) => {
        const file = join(outdir, `routes.${Stack.of(this).artifactId}.${this.node.scope?.node.id}`);
        if (this.#apis.size > 0) writeFileSync(`${file}.md`, this.report());
        if (table)
          writeFileSync(`${file}.json`, `${JSON.stringify(showPlaceholders(this, table), null, 2)}\n`);
      },
    });
  }

  /** Whether there is a route table. */
  get hasTable(): boolean {
    return this.#props.table !== undefined;
  }

  /** Whether no API of this application is attached. */
  get isEmpty(): boolean {
    return this.#apis.size === 0;
  }

  /** Whether API Gateway caches responses that are about one route each. */
  get isCachedByRoute(): boolean {
    return this.hasTable && this.#props.cacheTtlSeconds > 0;
  }

  /** The rules of the route table; none without one. */
  get rules(): readonly RouteRule[] {
    return this.#rules;
  }

  /** Notes that an API was attached, by an authorizer of its own. */
  add({ kind, api, apiId, authorizerId }: ApiAttachment): void {
    const name = api.node.path;
    const before = this.#apis.get(name);
    this.#apis.set(name, {
      kind,
      api,
      apiId,
      name,
      authorizerIds: [...(before?.authorizerIds ?? []), authorizerId],
    });
  }

  /** Renders who may call what, in Markdown; the same application gives the same text. */
  report(): string {
    const { table, acknowledged } = this.#props;
    const { rules, ...shown } = showPlaceholders(this, { rules: this.#rules, ...(table && { table }) });
    const apis = this.#check(rules);
    return renderRouteReport({
      authorizer: this.node.scope?.node.path ?? '',
      ...shown,
      apis,
      acknowledged,
      unused: this.#unused(apis, rules).map(({ rule }) => rule),
    });
  }

  #check(rules = this.#rules): CheckedApi[] {
    const decide = {
      rest: openDecidingRules(sortRoutes(rules, 'rest')),
      http: openDecidingRules(sortRoutes(rules, 'http')),
      websocket: openDecidingRules(sortRoutes(rules, 'websocket')),
    } as const satisfies Record<RoutedApi, unknown>;
    return [...this.#apis.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((api) => {
        const { routes, ...others } = routesOf(this.node.root as Construct, api);
        return {
          ...api,
          ...others,
          routes: routes.map((route) => ({ ...route, ...decide[api.kind](route.pattern) })),
        };
      });
  }

  /** The rules that decide nothing. Those of an authorizer that has APIs elsewhere are not judged. */
  #unused(apis: readonly CheckedApi[], rules = this.#rules): readonly UnusedRule[] {
    return this.#props.isWhole && apis.length > 0 ? unusedHere(apis, rules) : [];
  }

  #findings(apis: readonly CheckedApi[]): string[] {
    const { what, table, acknowledged, isWhole, givesApiKeys } = this.#props;
    return [
      ...(table
        ? checkCoverage(what, {
            apis,
            unused: this.#unused(apis),
            acknowledged: Object.keys(acknowledged),
            isWhole,
          })
        : []),
      ...(this.isCachedByRoute ? apis.flatMap((api) => refuseResourcePolicy(what, api)) : []),
      ...(givesApiKeys ? apis.flatMap((api) => refuseHeaderKeySource(what, api)) : []),
    ];
  }

  #warn(apis: readonly CheckedApi[]): void {
    const { what, acknowledged } = this.#props;
    for (const { name, open } of apis) {
      for (const route of open) warnOfOpenRoute(route, name);
    }
    for (const { rule, unasked } of unusedHere(apis, this.#rules)) {
      if (!rule.nobody || !unasked || Object.hasOwn(acknowledged, rule.route)) continue;
      warn(
        this,
        'ruleForOpenRoute',
        `${what}: option "routes" has the rule '${rule.route}': 'nobody', but the route "${unasked.route}" of the API "${unasked.api}" does not ask the authorizer, so the rule closes nothing; give that route the authorizer, or remove the rule.`,
      );
    }
  }
}

/** The rules that decide about no route of these APIs. */
function unusedHere(apis: readonly CheckedApi[], rules: readonly KeyedRule[]): readonly UnusedRule[] {
  const all = apis.flatMap(({ name, routes }) => routes.map((route) => ({ ...route, api: name })));
  const asked = new Set(all.filter(({ isGuarded }) => isGuarded).flatMap((route) => route.rules));
  return rules
    .filter((rule) => !asked.has(rule))
    .map((rule) => ({ rule, unasked: all.find((route) => route.rules.includes(rule)) }));
}
