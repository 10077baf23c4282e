// The public API of revocable-authorizer/backend: for the functions behind the authorizer. It has no dependencies.
export type { AuthorizerContext } from './read-authorizer-context.ts';
export { AuthorizerContextMissing, readAuthorizerContext } from './read-authorizer-context.ts';
export type { Refusal } from './require-authorizer.ts';
export { requireAuthorizer } from './require-authorizer.ts';
