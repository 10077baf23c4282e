import { describe, expect, it, test } from '@jest/globals';
import { Fn } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Issuer } from '../../lib/issuer.ts';
import { anAuthorizer } from './an-authorizer.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';

const make = (issuer: string, options: object = {}) =>
  Issuer.oidc(issuer, { audience: 'orders', ...options });

describe('the iss of an issuer', () => {
  test.each([
    'https://idp.example.com/',
    'https://idp.example.com',
    'https://tenant.eu.auth0.com/',
    `https://login.microsoftonline.com/${TENANT}/v2.0`,
    `https://login.microsoftonline.us/${TENANT}/v2.0`,
    `https://sts.windows.net/${TENANT}/`,
    'https://accounts.google.com',
    'https://securetoken.google.com/my-project',
    'https://company.okta.com/oauth2/default',
    'https://company.okta.com',
    'https://sso.example.com/realms/orders',
    'https://abc.supabase.co/auth/v1',
    'https://notauth0.com',
  ])('is taken as its provider writes it: %s', (issuer) => {
    expect(() => make(issuer)).not.toThrow();
  });

  test.each([
    [
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
      /which is a Cognito user pool.*Issuer\.cognitoUserPoolId/,
    ],
    [
      'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
      /which is a Cognito user pool/,
    ],
    ['https://cognito-idp-fips.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e', /which is a Cognito user pool/],
    ['https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_a1B2c3D4e', /which is a Cognito user pool/],
    ['https://shop.auth.eu-west-1.amazoncognito.com', /which is a Cognito user pool/],
    [
      'https://idp.example.com/.well-known/openid-configuration',
      /address of an endpoint.*probably "https:\/\/idp\.example\.com"/,
    ],
    ['https://idp.example.com/.well-known/jwks.json', /address of an endpoint/],
    [
      'https://sso.example.com/realms/orders/protocol/openid-connect/certs',
      /probably "https:\/\/sso\.example\.com\/realms\/orders"/,
    ],
    ['https://tenant.eu.auth0.com', /Auth0 writes it with a slash at the end/],
    ['https://tenant.eu.auth0.com/api/v2/', /Auth0 writes it with a slash at the end/],
    ['https://login.microsoftonline.com/common/v2.0', /Entra ID writes the id of one tenant/],
    ['https://login.microsoftonline.com/organizations/v2.0', /Entra ID writes the id of one tenant/],
    ['https://login.microsoftonline.com/consumers/v2.0', /Entra ID writes the id of one tenant/],
    ['https://login.microsoftonline.com/{tenantid}/v2.0', /Entra ID writes the id of one tenant/],
    [
      'https://login.microsoftonline.com/company.onmicrosoft.com/v2.0',
      /Entra ID writes the id of one tenant/,
    ],
    [`https://login.microsoftonline.com/${TENANT}`, /Entra ID writes the id of one tenant/],
    [`https://sts.windows.net/${TENANT}`, /Entra ID writes the id of one tenant/],
    ['https://sts.windows.net/common/', /Entra ID writes the id of one tenant/],
    ['https://accounts.google.com/', /without a slash at the end/],
    ['https://securetoken.google.com/my-project/', /Firebase writes the id of the project/],
    ['https://company.okta.com/oauth2/default/', /Okta writes that of the authorization server/],
    ['https://company.okta.com/oauth2/default/v1/keys', /Okta writes that of the authorization server/],
    ['https://Company.okta.com/oauth2/default', /Okta writes that of the authorization server/],
    ['https://idp.example.com/{tenant}/', /which has a placeholder in it/],
    ['https://idp.example.com/<tenant>/', /which has a placeholder in it/],
  ])('is refused as no token has it: %s', (issuer, message) => {
    expect(() => make(issuer)).toThrow(message);
    expect(() => make(issuer)).toThrow(
      `Issuer.oidc(${JSON.stringify(issuer)}): the issuer is ${JSON.stringify(issuer)}, which`,
    );
    expect(() => make('https://idp.example.com/', { aliases: [issuer] })).toThrow(message);
  });

  test.each([
    ['https://COGNITO-IDP.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e', 'which is a Cognito user pool'],
    ['https://idp.example.com/.Well-Known/OpenID-Configuration', 'which is the address of an endpoint'],
    ['https://login.windows.net/common', 'Entra ID writes the id of one tenant'],
    [`https://${Fn.ref('Tenant')}.auth0.com`, 'Auth0 writes it with a slash at the end'],
    [`https://${Fn.ref('Host')}/.well-known/openid-configuration`, 'which is the address of an endpoint'],
    [`https://login.microsoftonline.com/${Fn.ref('Tenant')}`, 'Entra ID writes the id of one tenant'],
  ])('is refused in any case, and where a part is known only at deployment: %s', (issuer, message) => {
    expect(() => make(issuer)).toThrow(message);
  });

  test.each([
    Fn.ref('Issuer'),
    `https://${Fn.ref('Host')}/`,
    `https://${Fn.ref('Tenant')}.auth0.com/`,
    `https://login.microsoftonline.com/${Fn.ref('Tenant')}/v2.0`,
  ])('is taken where a part is known only at deployment: %s', (issuer) => {
    expect(() => make(issuer)).not.toThrow();
  });

  it('is refused where it is a user pool that gets its id at deployment', () => {
    const pool = new UserPool(anAuthorizer().stack, 'Pool');
    expect(() => make(pool.userPoolProviderUrl)).toThrow('which is a Cognito user pool');
    expect(() => make(`https://${pool.userPoolProviderName}`)).toThrow('which is a Cognito user pool');
    expect(() => make(Fn.importValue('Issuer'))).not.toThrow();
  });

  it('may be that of a user pool among the aliases of a user pool', () => {
    const aliases = ['https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_a1B2c3D4e'];
    const options = { clientIds: null, aliases };
    expect(() => Issuer.cognitoUserPoolId('eu-west-1_a1B2c3D4e', options)).not.toThrow();
  });
});

describe('where the keys are fetched', () => {
  test.each([
    ['https://10.1.2.3/', '10.1.2.3'],
    ['https://192.168.1.5:8443/realms/orders', '192.168.1.5'],
    ['https://127.0.0.1/', '127.0.0.1'],
    ['https://169.254.169.254/', '169.254.169.254'],
    ['https://[::1]/', '::1'],
    ['https://[fd00::1]/', 'fd00::1'],
    ['https://localhost:8443/', 'localhost'],
    ['https://idp.localhost/', 'idp.localhost'],
    ['https://0x7f.1/', '127.0.0.1'],
  ])('is no private address unless that is allowed: %s', (url, host) => {
    const advice = `which is a private address, so the functions would not fetch the keys; give a public host, or allow this one by allowPrivateNetwork: ["${host}"]`;
    expect(() => make(url)).toThrow(advice);
    expect(() => make(url, { allowPrivateNetwork: ['other.example.com'] })).toThrow(advice);
    expect(() => make('https://idp.example.com/', { jwksUri: url })).toThrow(
      `option "jwksUri" is "${url}", ${advice}`,
    );
    expect(() => make(url, { allowPrivateNetwork: [host] })).not.toThrow();
  });

  it('is not the issuer where it says where its keys are', () => {
    expect(() => make('https://10.1.2.3/', { jwksUri: 'https://keys.example.com/jwks' })).not.toThrow();
    expect(() => make('https://93.184.215.14/')).not.toThrow();
  });
});
