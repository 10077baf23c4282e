import * as v from 'valibot';
import { readApiKeys } from './api-keys.ts';
import { functionArnOf } from './function-arn-of.ts';
import type { DeclaredResponse } from './gateway-response.ts';
import { parseIdentitySources } from './identity-sources.ts';
import type { LambdaAuthorizerSettings } from './lambda-authorizer.ts';
import type { RouteKey } from './match-route.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import type { ResourceStatement } from './resource-policy.ts';
import { parseResourcePolicy } from './resource-policy.ts';
import type { Template } from './template.ts';
import { templateParts } from './template-parts.ts';

const strings = v.record(v.string(), v.string());

const Api = v.object({
  ApiKeySourceType: v.optional(v.picklist(['HEADER', 'AUTHORIZER']), 'HEADER'),
  Policy: v.optional(v.unknown()),
});

const ApiResource = v.object({ ParentId: v.string(), PathPart: v.string() });

const Integration = v.object({
  Type: v.string(),
  Uri: v.optional(v.string()),
  RequestTemplates: v.optional(strings, {}),
  IntegrationResponses: v.optional(
    v.array(
      v.object({
        StatusCode: v.string(),
        SelectionPattern: v.optional(v.string()),
        ResponseParameters: v.optional(strings, {}),
      }),
    ),
    [],
  ),
});

const Method = v.object({
  ResourceId: v.string(),
  HttpMethod: v.string(),
  AuthorizationType: v.optional(v.string(), 'NONE'),
  AuthorizerId: v.optional(v.string()),
  ApiKeyRequired: v.optional(v.boolean(), false),
  Integration: v.optional(Integration),
});

const Authorizer = v.object({
  Type: v.picklist(['TOKEN', 'REQUEST']),
  AuthorizerUri: v.optional(v.string(), ''),
  IdentitySource: v.optional(v.string(), ''),
  IdentityValidationExpression: v.optional(v.string()),
  AuthorizerResultTtlInSeconds: v.optional(v.number(), 300),
});

const GatewayResponse = v.object({
  ResponseType: v.string(),
  StatusCode: v.optional(v.string()),
  ResponseParameters: v.optional(strings, {}),
  ResponseTemplates: v.optional(strings, {}),
});

const Stage = v.object({ StageName: v.string(), Variables: v.optional(strings, {}) });

/** One method, with what stands behind it. */
export interface Route extends RouteKey {
  /** The logical id of the authorizer; absent: anybody may call. */
  readonly authorizer?: string;
  readonly isApiKeyRequired?: boolean;
  readonly integration?: v.InferOutput<typeof Integration>;
}

export interface RestAuthorizerSettings extends LambdaAuthorizerSettings {
  readonly type: 'TOKEN' | 'REQUEST';
}

/** A REST API as its template declares it. */
export interface RestApiSettings {
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routes: readonly Route[];
  /** By logical id. */
  readonly authorizers: ReadonlyMap<string, RestAuthorizerSettings>;
  /** Absent: none is attached. */
  readonly resourcePolicy?: readonly ResourceStatement[];
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  /** The id of each API key that the stage accepts, by its value. */
  readonly apiKeys: ReadonlyMap<string, string>;
  /** By response type. */
  readonly gatewayResponses: ReadonlyMap<string, DeclaredResponse>;
}

/**
 * Reads the first REST API of a template.
 *
 * @returns nothing when the template has no REST API
 * @throws when the template asks for an authorization that the local gateway does not know
 */
export function readRestApi(template: Template, lookup: Lookup): RestApiSettings | undefined {
  const stack = { template, lookup };
  const [api] = templateParts(stack, 'AWS::ApiGateway::RestApi', Api);
  if (!api) return undefined;
  const apiId = String(lookup.ref(api.logicalId));
  const all = <S extends v.GenericSchema>(type: string, schema: S) =>
    templateParts(stack, `AWS::ApiGateway::${type}`, schema, { RestApiId: apiId });

  const resources = new Map(all('Resource', ApiResource).map((resource) => [resource.logicalId, resource]));
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    return resource ? `${pathOf(resource.ParentId)}/${resource.PathPart}` : '';
  };
  const [{ StageName: stage, Variables: stageVariables } = NO_STAGE] = all('Stage', Stage);

  return {
    apiId,
    stage,
    stageVariables,
    ...(api.Policy !== undefined && { resourcePolicy: parseResourcePolicy(api.Policy, apiId) }),
    apiKeySource: api.ApiKeySourceType,
    apiKeys: readApiKeys(stack, { apiId, stage }),
    routes: all('Method', Method).map(
      ({ logicalId, AuthorizationType, Integration: integration, ...method }) => {
        if (AuthorizationType !== 'NONE' && AuthorizationType !== 'CUSTOM') {
          throw new Error(
            `The method ${logicalId} has the authorization type ${AuthorizationType}; the local gateway knows NONE and CUSTOM.`,
          );
        }
        return {
          httpMethod: method.HttpMethod,
          resourcePath: pathOf(method.ResourceId) || '/',
          ...(method.ApiKeyRequired && { isApiKeyRequired: true }),
          ...(AuthorizationType === 'CUSTOM' && { authorizer: method.AuthorizerId ?? '' }),
          ...(integration && { integration }),
        };
      },
    ),
    authorizers: new Map(
      all('Authorizer', Authorizer).map((authorizer) => [authorizer.logicalId, toAuthorizer(authorizer)]),
    ),
    gatewayResponses: new Map(
      all('GatewayResponse', GatewayResponse).map((response) => [
        response.ResponseType,
        {
          ...(response.StatusCode !== undefined && { status: Number(response.StatusCode) }),
          parameters: response.ResponseParameters,
          templates: response.ResponseTemplates,
        },
      ]),
    ),
  };
}

const NO_STAGE = { StageName: 'local', Variables: {} };

function toAuthorizer({
  logicalId,
  Type,
  IdentitySource,
  IdentityValidationExpression,
  AuthorizerUri,
  AuthorizerResultTtlInSeconds,
}: v.InferOutput<typeof Authorizer> & { logicalId: string }): RestAuthorizerSettings {
  const expressions = IdentitySource.split(',').map((expression) => expression.trim());
  const identitySources = parseIdentitySources(expressions.filter(Boolean), 'rest');
  if (Type === 'TOKEN' && (identitySources.length !== 1 || identitySources[0]?.from !== 'header')) {
    throw new Error(
      `The authorizer ${logicalId} is of type TOKEN with identity source "${IdentitySource}"; it must be one header, ` +
        'method.request.header.<name>.',
    );
  }
  return {
    name: logicalId,
    type: Type,
    functionArn: functionArnOf(AuthorizerUri),
    identitySources,
    isIdentityRequired: Type === 'TOKEN' || AuthorizerResultTtlInSeconds > 0,
    ...(Type === 'TOKEN' &&
      IdentityValidationExpression !== undefined && { validationExpression: IdentityValidationExpression }),
    resultTtlSeconds: AuthorizerResultTtlInSeconds,
  };
}
