import * as v from 'valibot';
import type { DeclaredResponse } from './gateway-response.ts';
import type { RouteKey } from './match-route.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import type { Template } from './template.ts';
import type { TokenAuthorizerSettings } from './token-authorizer.ts';

const strings = v.record(v.string(), v.string());

const ApiResource = v.object({ RestApiId: v.string(), ParentId: v.string(), PathPart: v.string() });

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
  RestApiId: v.string(),
  ResourceId: v.string(),
  HttpMethod: v.string(),
  AuthorizationType: v.optional(v.string(), 'NONE'),
  AuthorizerId: v.optional(v.string()),
  Integration: v.optional(Integration),
});

const Authorizer = v.object({
  RestApiId: v.string(),
  Type: v.string(),
  AuthorizerUri: v.optional(v.string(), ''),
  IdentitySource: v.optional(v.string(), ''),
  IdentityValidationExpression: v.optional(v.string()),
  AuthorizerResultTtlInSeconds: v.optional(v.number(), 300),
});

const GatewayResponse = v.object({
  RestApiId: v.string(),
  ResponseType: v.string(),
  StatusCode: v.optional(v.string()),
  ResponseParameters: v.optional(strings, {}),
  ResponseTemplates: v.optional(strings, {}),
});

const Stage = v.object({ RestApiId: v.string(), StageName: v.string(), Variables: v.optional(strings, {}) });

/** One method, with what stands behind it. */
export interface Route extends RouteKey {
  /** The logical id of the authorizer; absent: anybody may call. */
  readonly authorizer?: string;
  readonly integration?: v.InferOutput<typeof Integration>;
}

/** A REST API as its template declares it. */
export interface RestApiSettings {
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routes: readonly Route[];
  /** By logical id. */
  readonly authorizers: ReadonlyMap<string, TokenAuthorizerSettings & { readonly functionArn: string }>;
  /** By response type. */
  readonly gatewayResponses: ReadonlyMap<string, DeclaredResponse>;
}

/**
 * Reads the first REST API of a template.
 *
 * @returns nothing when the template has no REST API
 * @throws when a method asks for an authorization that the local gateway does not know
 */
export function readRestApi(template: Template, lookup: Lookup): RestApiSettings | undefined {
  const [api] = template.resources('AWS::ApiGateway::RestApi');
  if (!api) return undefined;
  const apiId = String(lookup.ref(api.logicalId));

  function all<S extends v.GenericSchema<unknown, { RestApiId: string }>>(type: string, schema: S) {
    return template
      .resources(type)
      .map((resource) => ({
        logicalId: resource.logicalId,
        ...v.parse(schema, template.properties(resource, lookup)),
      }))
      .filter(({ RestApiId }) => RestApiId === apiId);
  }

  const resources = new Map(
    all('AWS::ApiGateway::Resource', ApiResource).map((resource) => [resource.logicalId, resource]),
  );
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    return resource ? `${pathOf(resource.ParentId)}/${resource.PathPart}` : '';
  };
  const [stage] = all('AWS::ApiGateway::Stage', Stage);

  return {
    apiId,
    stage: stage?.StageName ?? 'local',
    stageVariables: stage?.Variables ?? {},
    routes: all('AWS::ApiGateway::Method', Method).map(
      ({ logicalId, ResourceId, HttpMethod, AuthorizationType, AuthorizerId, Integration: integration }) => {
        if (AuthorizationType !== 'NONE' && AuthorizationType !== 'CUSTOM') {
          throw new Error(
            `The method ${logicalId} has the authorization type ${AuthorizationType}; the local gateway knows NONE and CUSTOM.`,
          );
        }
        return {
          httpMethod: HttpMethod,
          resourcePath: pathOf(ResourceId) || '/',
          ...(AuthorizationType === 'CUSTOM' && { authorizer: AuthorizerId ?? '' }),
          ...(integration && { integration }),
        };
      },
    ),
    authorizers: new Map(
      all('AWS::ApiGateway::Authorizer', Authorizer).map((authorizer) => [
        authorizer.logicalId,
        toTokenAuthorizer(authorizer),
      ]),
    ),
    gatewayResponses: new Map(
      all('AWS::ApiGateway::GatewayResponse', GatewayResponse).map((response) => [
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

/** Reads the ARN of the function out of an integration URI; `''` when there is none. */
export function functionArnOf(uri: string | undefined): string {
  return /\/functions\/(.+)\/invocations$/.exec(uri ?? '')?.[1] ?? '';
}

function toTokenAuthorizer(authorizer: v.InferOutput<typeof Authorizer> & { logicalId: string }) {
  const { logicalId, Type, IdentitySource, IdentityValidationExpression } = authorizer;
  const header = /^method\.request\.header\.([\w-]+)$/.exec(IdentitySource)?.[1];
  if (Type !== 'TOKEN' || header === undefined) {
    throw new Error(
      `The authorizer ${logicalId} is of type ${Type} with identity source "${IdentitySource}"; the local gateway ` +
        'knows type TOKEN with method.request.header.<name>.',
    );
  }
  return {
    name: logicalId,
    header: header.toLowerCase(),
    ...(IdentityValidationExpression !== undefined && { validationExpression: IdentityValidationExpression }),
    resultTtlSeconds: authorizer.AuthorizerResultTtlInSeconds,
    functionArn: functionArnOf(authorizer.AuthorizerUri),
  };
}
