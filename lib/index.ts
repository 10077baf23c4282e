// The public API of the package. What is not named here may change in any release.
export type {
  AccessTokenType,
  Algorithm,
  DenialDetail,
  HttpApiAnswer,
  ReadConsistency,
  TokenUse,
} from '../lambda/environment.ts';
export type { AttachableAuthorizer, HttpApiOptions } from './attachable-authorizer.ts';
export type { AuthorizerConfig } from './define-config.ts';
export { defineConfig } from './define-config.ts';
export type { DenialResponsesOptions } from './denial-responses.ts';
export { IdentitySource } from './identity-source.ts';
export type { RevocableAuthorizerAttributes } from './imported-authorizer.ts';
export type {
  CognitoOptions,
  CognitoUserPoolIdOptions,
  CognitoUserPoolOptions,
  OidcOptions,
} from './issuer.ts';
export { Issuer } from './issuer.ts';
export type { JsonWebKeySet } from './public-keys.ts';
export type { ClaimCondition } from './read-claim-conditions.ts';
export type { IssuerOptions } from './read-issuer-options.ts';
export type { RouteAccess } from './read-route-access.ts';
export type { RouteOptions, RoutesMode } from './read-routes.ts';
export type { ContextClaim, ContextOptions } from './render-context.ts';
export type { LookUpOptions } from './render-look-up.ts';
export type { RevocableAuthorizerProps } from './revocable-authorizer.ts';
export { RevocableAuthorizer } from './revocable-authorizer.ts';
export type { RevocationDeadline } from './revocation-deadline.ts';
export type { RevocationTableProps } from './revocation-table.ts';
export { RevocationTable } from './revocation-table.ts';
export type { TokenEndpointsProps } from './token-endpoints.ts';
export { TokenEndpoints } from './token-endpoints.ts';
