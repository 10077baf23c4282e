// The public API of the package. What is not named here may change in any release.
export type { Algorithm } from '../lambda/environment.ts';
export type { AuthorizerConfig } from './define-config.ts';
export { defineConfig } from './define-config.ts';
export type { DenialResponsesOptions } from './denial-responses.ts';
export type {
  CognitoUserPoolIdOptions,
  CognitoUserPoolOptions,
  IssuerOptions,
  OidcOptions,
} from './issuer.ts';
export { Issuer } from './issuer.ts';
export type { RevocableAuthorizerProps } from './revocable-authorizer.ts';
export { RevocableAuthorizer } from './revocable-authorizer.ts';
export type { RevocationTableProps } from './revocation-table.ts';
export { RevocationTable } from './revocation-table.ts';
