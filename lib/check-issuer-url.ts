import { Token, Tokenization } from 'aws-cdk-lib';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { isPublicAddress } from '../lambda/authorizer/private-network.ts';
import { checkHttpsUrl } from './check-https-url.ts';
import { showValue } from './show-value.ts';

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** How providers write the `iss` of their tokens, letter by letter, where the host tells the provider. */
const PROVIDERS: readonly { readonly host: RegExp; readonly path: RegExp; readonly advice: string }[] = [
  {
    host: /^(.+\.)?auth0\.com$/,
    path: /^\/$/,
    advice:
      'Auth0 writes it with a slash at the end and nothing behind, such as "https://tenant.eu.auth0.com/"',
  },
  {
    host: /^login\.(microsoftonline\.(com|us)|windows\.net|partner\.microsoftonline\.cn)$/,
    path: new RegExp(`^/${GUID}/v2\\.0$`),
    advice:
      'Entra ID writes the id of one tenant, such as "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", or in tokens of version 1 "https://sts.windows.net/11111111-2222-3333-4444-555555555555/"',
  },
  {
    host: /^sts\.windows\.net$/,
    path: new RegExp(`^/${GUID}/$`),
    advice:
      'Entra ID writes the id of one tenant into tokens of version 1, such as "https://sts.windows.net/11111111-2222-3333-4444-555555555555/"',
  },
  {
    host: /^accounts\.google\.com$/,
    path: /^$/,
    advice: 'Google writes "https://accounts.google.com", without a slash at the end',
  },
  {
    host: /^securetoken\.google\.com$/,
    path: /^\/[^/]+$/,
    advice: 'Firebase writes the id of the project, such as "https://securetoken.google.com/my-project"',
  },
  {
    host: /^(.+\.)?(okta|oktapreview|okta-emea)\.com$/,
    path: /^(\/oauth2\/[^/]+)?$/,
    advice:
      'Okta writes that of the authorization server, without a slash at the end, such as "https://company.okta.com/oauth2/default"',
  },
];

/** As a text of CDK holds what is known only at deployment. */
const TOKEN = /\$\{Token\[[^\]]*\]\}/g;

/** Endpoints that issuers have below their `iss`. */
const ENDPOINT = /\/(\.well-known\/.*|jwks(\.json)?|protocol\/openid-connect(\/.*)?)$/i;

/**
 * Checks the `iss` of an issuer: an https address, of one issuer, in the form that its provider writes into tokens. One
 * that is slightly different trusts no token at all.
 *
 * Does NOT ask the issuer, and knows the form of no other than the providers above.
 */
export function checkIssuerUrl(what: string, issuer: unknown): asserts issuer is string {
  checkHttpsUrl(what, issuer, { allowsQuery: false });
  const refuse = (fault: string, fix: string): never => {
    throw new Error(`${what} is ${showValue(issuer)}, ${fault}; give ${fix}.`);
  };
  if (isCognito(issuer)) {
    refuse(
      'which is a Cognito user pool, whose tokens are checked in another way (client_id, token_use)',
      'Issuer.cognitoUserPool(pool, { clients }) or Issuer.cognitoUserPoolId("eu-west-1_a1B2c3D4e", { clientIds })',
    );
  }
  // An id that is known only at deployment, such as that of a tenant, has the form of one.
  const shape = issuer.replaceAll(TOKEN, '00000000-0000-0000-0000-000000000000');
  const [, host = '', path = ''] = /^https:\/\/([^/]+)(.*)$/.exec(shape) ?? [];
  const provider = PROVIDERS.find((each) => each.host.test(host.toLowerCase()));
  if (provider && (host !== host.toLowerCase() || !provider.path.test(path))) {
    refuse('which is in none of its tokens', `the exact "iss": ${provider.advice}`);
  }
  if (ENDPOINT.test(shape)) {
    refuse(
      'which is the address of an endpoint of the issuer',
      `the "iss" of the tokens, probably ${showValue(issuer.replace(ENDPOINT, ''))}, with or without a slash at the end`,
    );
  }
  if (/[{}<>]|%7b/i.test(shape)) {
    refuse('which has a placeholder in it', 'the exact "iss" of the tokens');
  }
}

/** Refuses an address that keys cannot be fetched from, unless the owner allows it. */
export function checkPublicHost(what: string, url: string, allowed: unknown): void {
  if (Token.isUnresolved(url)) return;
  const { hostname } = new URL(url);
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const isAddress = address !== hostname || /^[\d.]+$/.test(address);
  const isPrivate = isAddress ? !isPublicAddress(address) : /(^|\.)localhost\.?$/.test(hostname);
  if (!isPrivate || (Array.isArray(allowed) && allowed.includes(address))) return;
  throw new Error(
    `${what} is ${showValue(url)}, which is a private address, so the functions would not fetch the keys; give a public host, or allow this one by allowPrivateNetwork: [${showValue(address)}] and give the functions a way there.`,
  );
}

/** Also of a pool that gets its id at deployment. */
function isCognito(issuer: string): boolean {
  if (/^https:\/\/((issuer-)?cognito-idp(-fips)?\.|[^/]+\.amazoncognito\.com)/i.test(issuer)) return true;
  return Tokenization.reverseString(issuer).tokens.some(
    (token) => 'target' in token && token.target instanceof CfnUserPool,
  );
}
