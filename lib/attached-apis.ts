import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RoutedApi, RoutePattern, RouteRule, RouteTable } from '../lambda/route-table.ts';
import { sortRoutes } from '../lambda/route-table.ts';
import type { ApiRoute, AttachedApi } from './api-route.ts';
import { routesOf } from './api-route.ts';
import { checkCoverage } from './check-coverage.ts';
import type { DecidingRules } from './deciding-rules.ts';
import { openDecidingRules } from './deciding-rules.ts';
import { readRouteKey } from './read-route-key.ts';
import { refuseResourcePolicy } from './refuse-resource-policy.ts';
import { renderRouteReport } from './route-report.ts';
import { showPlaceholders } from './show-placeholders.ts';

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
    if (table) this.node.addValidation({ validate: () => this.#findings() });
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
      unused: this.#unused(apis, rules),
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
        const { routes, withoutPath } = routesOf(this.node.root as Construct, api);
        return {
          ...api,
          routes: routes.map((route) => ({ ...route, ...decide[api.kind](route.pattern) })),
          withoutPath,
        };
      });
  }

  /** The rules that decide nothing here. Those of an authorizer whose APIs are all elsewhere are not judged. */
  #unused(apis: readonly CheckedApi[], rules = this.#rules): readonly KeyedRule[] {
    if (!this.#props.isWhole || apis.length === 0) return [];
    const used = new Set(
      apis.flatMap((api) => api.routes.filter(({ isGuarded }) => isGuarded).flatMap((route) => route.rules)),
    );
    return rules.filter((rule) => !used.has(rule));
  }

  #findings(): string[] {
    const { what, acknowledged } = this.#props;
    const apis = this.#check();
    return [
      ...checkCoverage(what, {
        apis,
        unused: this.#unused(apis).map(({ route }) => route),
        acknowledged: Object.keys(acknowledged),
      }),
      ...(this.isCachedByRoute ? apis.flatMap((api) => refuseResourcePolicy(what, api)) : []),
    ];
  }
}
