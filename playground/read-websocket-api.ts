import * as v from 'valibot';
import { functionArnOf } from './function-arn-of.ts';
import { parseIdentitySources } from './identity-sources.ts';
import type { LambdaAuthorizerSettings } from './lambda-authorizer.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import { parseSelectionExpression } from './select-route-key.ts';
import type { Template } from './template.ts';
import { templateParts } from './template-parts.ts';

const Api = v.object({ RouteSelectionExpression: v.string() });

const Route = v.object({
  RouteKey: v.string(),
  Target: v.optional(v.string(), ''),
  AuthorizationType: v.optional(v.picklist(['NONE', 'CUSTOM']), 'NONE'),
  AuthorizerId: v.optional(v.string(), ''),
  RouteResponseSelectionExpression: v.optional(v.string()),
});

const Integration = v.object({ IntegrationType: v.string(), IntegrationUri: v.optional(v.string()) });

const Authorizer = v.object({
  AuthorizerType: v.literal('REQUEST'),
  AuthorizerUri: v.string(),
  IdentitySource: v.optional(v.array(v.string()), []),
});

const Stage = v.object({
  StageName: v.string(),
  StageVariables: v.optional(v.record(v.string(), v.string()), {}),
});

/** One route of a WebSocket API, with what stands behind it. */
export interface WebSocketRoute {
  /** Only `$connect` can have one. */
  readonly authorizer?: string;
  readonly integration?: { readonly type: string; readonly functionArn: string };
  /** Whether what the integration answers goes back to the client. */
  readonly hasResponse: boolean;
}

/** A WebSocket API as its template declares it. */
export interface WebSocketApiSettings {
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** Finds the key of the route for the text of a message. */
  readonly selectRouteKey: (message: string) => string;
  /** By route key. */
  readonly routes: ReadonlyMap<string, WebSocketRoute>;
  /** By logical id. */
  readonly authorizers: ReadonlyMap<string, LambdaAuthorizerSettings>;
}

/**
 * Reads the first WebSocket API of a template.
 *
 * @returns nothing when the template has no WebSocket API
 * @throws when the template asks for what the local gateway does not know
 */
export function readWebSocketApi(template: Template, lookup: Lookup): WebSocketApiSettings | undefined {
  const stack = { template, lookup };
  const [api] = templateParts(stack, 'AWS::ApiGatewayV2::Api', Api, { ProtocolType: 'WEBSOCKET' });
  if (!api) return undefined;
  const apiId = String(lookup.ref(api.logicalId));
  const all = <S extends v.GenericSchema>(type: string, schema: S) =>
    templateParts(stack, `AWS::ApiGatewayV2::${type}`, schema, { ApiId: apiId });
  const integrations = new Map(all('Integration', Integration).map((one) => [one.logicalId, one]));
  const responses = all('RouteResponse', v.object({ RouteId: v.string(), RouteResponseKey: v.string() }));
  const [stage] = all('Stage', Stage);

  return {
    apiId,
    stage: stage?.StageName ?? 'local',
    stageVariables: stage?.StageVariables ?? {},
    selectRouteKey: parseSelectionExpression(api.RouteSelectionExpression),
    routes: new Map(
      all('Route', Route).map((route) => {
        const integration = integrations.get(route.Target.replace(/^integrations\//, ''));
        return [
          route.RouteKey,
          {
            ...(route.AuthorizationType === 'CUSTOM' && { authorizer: route.AuthorizerId }),
            ...(integration && {
              integration: {
                type: integration.IntegrationType,
                functionArn: functionArnOf(integration.IntegrationUri),
              },
            }),
            hasResponse:
              route.RouteResponseSelectionExpression === '$default' &&
              responses.some(({ RouteId }) => RouteId === route.logicalId),
          },
        ];
      }),
    ),
    authorizers: new Map(
      all('Authorizer', Authorizer).map(({ logicalId, AuthorizerUri, IdentitySource }) => [
        logicalId,
        {
          name: logicalId,
          functionArn: functionArnOf(AuthorizerUri),
          identitySources: parseIdentitySources(IdentitySource, 'webSocket'),
          isIdentityRequired: true,
          resultTtlSeconds: 0, // there is no results cache for WebSocket APIs
        },
      ]),
    ),
  };
}
