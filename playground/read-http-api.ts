import * as v from 'valibot';
import type { CorsConfiguration } from './cors.ts';
import { functionArnOf } from './function-arn-of.ts';
import { parseIdentitySources } from './identity-sources.ts';
import type { LambdaAuthorizerSettings } from './lambda-authorizer.ts';
import type { HttpRouteKey } from './match-http-route.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import type { Template } from './template.ts';
import { templateParts } from './template-parts.ts';

/** API Gateway waits no longer for the authorizer of an HTTP API. */
const AUTHORIZER_TIMEOUT_MS = 10_000;

const strings = v.optional(v.array(v.string()), []);

const Cors = v.object({
  AllowOrigins: strings,
  AllowMethods: strings,
  AllowHeaders: strings,
  ExposeHeaders: strings,
  MaxAge: v.optional(v.number()),
  AllowCredentials: v.optional(v.boolean(), false),
});

const Api = v.object({ CorsConfiguration: v.optional(Cors) });

const Route = v.object({
  RouteKey: v.string(),
  Target: v.optional(v.string(), ''),
  AuthorizationType: v.optional(v.picklist(['NONE', 'CUSTOM']), 'NONE'),
  AuthorizerId: v.optional(v.string(), ''),
});

const Integration = v.object({
  IntegrationType: v.string(),
  IntegrationUri: v.optional(v.string()),
  PayloadFormatVersion: v.optional(v.picklist(['1.0', '2.0']), '1.0'),
});

const Authorizer = v.object({
  AuthorizerType: v.literal('REQUEST'),
  AuthorizerUri: v.string(),
  AuthorizerPayloadFormatVersion: v.picklist(['1.0', '2.0']),
  AuthorizerResultTtlInSeconds: v.optional(v.number(), 0),
  EnableSimpleResponses: v.optional(v.boolean(), false),
  IdentitySource: strings,
});

const Stage = v.object({
  StageName: v.string(),
  StageVariables: v.optional(v.record(v.string(), v.string()), {}),
});

/** One route, with what stands behind it. */
export interface HttpRoute extends HttpRouteKey {
  /** The logical id of the authorizer; absent: anybody may call. */
  readonly authorizer?: string;
  readonly integration?: {
    readonly type: string;
    readonly functionArn: string;
    readonly payloadVersion: '1.0' | '2.0';
  };
}

export interface HttpAuthorizerSettings extends LambdaAuthorizerSettings {
  readonly payloadVersion: '1.0' | '2.0';
  /** Whether it answers `isAuthorized` instead of a policy. */
  readonly isSimple: boolean;
}

/** An HTTP API as its template declares it. */
export interface HttpApiSettings {
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routes: readonly HttpRoute[];
  /** By logical id. */
  readonly authorizers: ReadonlyMap<string, HttpAuthorizerSettings>;
  readonly cors?: CorsConfiguration;
}

/**
 * Reads the first HTTP API of a template.
 *
 * @returns nothing when the template has no HTTP API
 * @throws when the template asks for an authorization that the local gateway does not know
 */
export function readHttpApi(template: Template, lookup: Lookup): HttpApiSettings | undefined {
  const stack = { template, lookup };
  const [api] = templateParts(stack, 'AWS::ApiGatewayV2::Api', Api, { ProtocolType: 'HTTP' });
  if (!api) return undefined;
  const apiId = String(lookup.ref(api.logicalId));
  const all = <S extends v.GenericSchema>(type: string, schema: S) =>
    templateParts(stack, `AWS::ApiGatewayV2::${type}`, schema, { ApiId: apiId });
  const integrations = new Map(all('Integration', Integration).map((one) => [one.logicalId, one]));
  const [stage] = all('Stage', Stage);

  return {
    apiId,
    stage: stage?.StageName ?? '$default',
    stageVariables: stage?.StageVariables ?? {},
    routes: all('Route', Route).map(({ RouteKey, Target, AuthorizationType, AuthorizerId }) => {
      const integration = integrations.get(Target.replace(/^integrations\//, ''));
      return {
        routeKey: RouteKey,
        ...(AuthorizationType === 'CUSTOM' && { authorizer: AuthorizerId }),
        ...(integration && {
          integration: {
            type: integration.IntegrationType,
            functionArn: functionArnOf(integration.IntegrationUri),
            payloadVersion: integration.PayloadFormatVersion,
          },
        }),
      };
    }),
    authorizers: new Map(all('Authorizer', Authorizer).map((one) => [one.logicalId, toAuthorizer(one)])),
    ...(api.CorsConfiguration && { cors: toCors(api.CorsConfiguration) }),
  };
}

function toAuthorizer(
  authorizer: v.InferOutput<typeof Authorizer> & { logicalId: string },
): HttpAuthorizerSettings {
  return {
    name: authorizer.logicalId,
    functionArn: functionArnOf(authorizer.AuthorizerUri),
    identitySources: parseIdentitySources(authorizer.IdentitySource, 'http'),
    isIdentityRequired: true,
    resultTtlSeconds: authorizer.AuthorizerResultTtlInSeconds,
    timeoutMs: AUTHORIZER_TIMEOUT_MS,
    payloadVersion: authorizer.AuthorizerPayloadFormatVersion,
    isSimple: authorizer.EnableSimpleResponses && authorizer.AuthorizerPayloadFormatVersion === '2.0',
  };
}

function toCors(cors: v.InferOutput<typeof Cors>): CorsConfiguration {
  return {
    allowOrigins: cors.AllowOrigins,
    allowMethods: cors.AllowMethods,
    allowHeaders: cors.AllowHeaders,
    exposeHeaders: cors.ExposeHeaders,
    ...(cors.MaxAge !== undefined && { maxAgeSeconds: cors.MaxAge }),
    allowCredentials: cors.AllowCredentials,
  };
}
