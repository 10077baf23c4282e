import { describe, expect, test } from '@jest/globals';
import { checkClaims } from '../../../lambda/authorizer/check-claims.ts';
import { readClaims } from '../../../lambda/authorizer/read-claims.ts';
import type { IssuerSettings } from '../../../lambda/environment.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const NOW = 1_700_000_000;
const API = 'https://api.example.com/';

interface Shape {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly typ?: string;
}

/** Tokens as the issuers write them, in the claims that tell what a token is for; every value is invented. */
const ACCESS: Readonly<Record<string, Shape>> = {
  'Auth0, the default dialect': {
    typ: 'JWT',
    claims: {
      aud: [API, 'https://tenant.eu.auth0.example/userinfo'],
      azp: 'spa',
      scope: 'openid profile read:orders',
      permissions: ['read:orders'],
    },
  },
  'Auth0, a machine': {
    typ: 'JWT',
    claims: { gty: 'client-credentials', azp: 'machine', scope: 'read:orders' },
  },
  'Auth0, the dialect of RFC 9068': {
    typ: 'at+jwt',
    claims: { client_id: 'spa', scope: 'openid read:orders' },
  },
  'Entra ID, v2': {
    typ: 'JWT',
    claims: {
      aio: 'ATQA',
      azp: 'app',
      azpacr: '0',
      oid: 'o-1',
      rh: '0.A',
      scp: 'Orders.Read',
      uti: 'u',
      ver: '2.0',
    },
  },
  'Entra ID, v1': {
    typ: 'JWT',
    claims: { appid: 'app', appidacr: '1', idtyp: 'app', roles: ['Orders.Read'], uti: 'u', ver: '1.0' },
  },
  Okta: { claims: { ver: 1, cid: 'app', uid: '00u', scp: ['openid', 'orders:read'], auth_time: NOW - 90 } },
  'Keycloak 26, a user': {
    typ: 'JWT',
    claims: {
      typ: 'Bearer',
      azp: 'web',
      sid: 's-1',
      acr: '1',
      realm_access: { roles: ['orders-admin'] },
      scope: 'openid email profile',
      email_verified: true,
    },
  },
  'Keycloak 26, a service account': {
    typ: 'JWT',
    claims: { typ: 'Bearer', azp: 'machine', client_id: 'machine', clientHost: '192.0.2.7', scope: 'email' },
  },
  PingOne: {
    claims: { aud: [API], client_id: 'app', scope: 'agent', env: 'e', org: 'o', acr: 'Single_Factor' },
  },
  'PingFederate, RFC 9068': { typ: 'at+jwt', claims: { client_id: 'app', scope: 'agent' } },
  Supabase: {
    typ: 'JWT',
    claims: { role: 'authenticated', aal: 'aal1', session_id: 's', is_anonymous: false },
  },
  Clerk: { typ: 'JWT', claims: { azp: 'https://app.example.com', sid: 'sess', sts: 'active', v: 2 } },
  'Ory Hydra': {
    typ: 'JWT',
    claims: { aud: [API], client_id: 'c', scp: ['offline'], ext: { tenant: 'acme' } },
  },
  OpenIddict: {
    typ: 'at+jwt',
    claims: { oi_prst: 'shop', client_id: 'shop', oi_tkn_id: 't', scope: 'orders' },
  },
  WorkOS: { claims: { sid: 's', org_id: 'org', role: 'member', permissions: ['orders:read'] } },
  'GitHub Actions': { typ: 'JWT', claims: { ref: 'refs/heads/main', event_name: 'push', run_id: '1' } },
  Kubernetes: { claims: { aud: [API], 'kubernetes.io': { namespace: 'default' } } },
};

const ID: Readonly<Record<string, Shape>> = {
  'Google id token': { typ: 'JWT', claims: { azp: 'web', email_verified: true, at_hash: 'hash' } },
  'Firebase id token': {
    typ: 'JWT',
    claims: { auth_time: NOW - 90, user_id: 'u', firebase: { sign_in_provider: 'password', identities: {} } },
  },
};

/** Those that say so: by default they are refused whatever their audience is. */
const STATED_ID: Readonly<Record<string, Shape>> = {
  'Keycloak 26 id token': {
    typ: 'JWT',
    claims: { typ: 'ID', azp: 'web', nonce: 'n', sid: 's-1', at_hash: 'hash', acr: '1' },
  },
  'Okta id token': { claims: { ver: 1, idp: '00o', amr: ['pwd'], nonce: 'n', at_hash: 'hash' } },
  'Apple id token of an app': {
    typ: 'JWT',
    claims: {
      nonce: 'n',
      nonce_supported: true,
      c_hash: 'hash',
      auth_time: NOW - 90,
      email: 'a@example.com',
    },
  },
  'Ping id token': { claims: { nonce: 'n', at_hash: 'hash', sid: 's', acr: 'Single_Factor' } },
};

const NEVER: Readonly<Record<string, Shape>> = {
  'Keycloak 26 refresh token': {
    typ: 'JWT',
    claims: { typ: 'Refresh', azp: 'web', sid: 's-1', scope: 'openid' },
  },
  'Keycloak 26 offline token': {
    typ: 'JWT',
    claims: { typ: 'Offline', azp: 'web', sid: 's-1', scope: 'openid' },
  },
  'Keycloak 26 logout token': {
    typ: 'JWT',
    claims: {
      typ: 'Logout',
      sid: 's-1',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
  },
  'logout token without a typ': {
    claims: { sid: 's-1', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
  },
  'security event token without a typ': {
    claims: { events: { 'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {} } },
  },
};

/** What lacks a `jti` gets one: whether the authorizer can do without is another matter. */
function judge({ claims, typ }: Shape, tokenUse: IssuerSettings['tokenUse']) {
  const issuer = aTrustedIssuer({ audience: [API], tokenUse });
  const common = {
    iss: 'https://idp.example.com/',
    sub: 'alice',
    jti: 'j',
    aud: API,
    iat: NOW - 60,
    exp: NOW + 60,
  };
  const read = readClaims({ ...common, ...claims }, issuer);
  if (!read.ok) throw new Error(read.denial.reason);
  return checkClaims(read.value, typ, NOW);
}

describe('checkClaims, of what real issuers write,', () => {
  test.each(Object.entries(ACCESS))('accepts an access token: %s', (_issuer, shape) => {
    expect(judge(shape, undefined)).toBeUndefined();
    expect(judge(shape, 'any')).toBeUndefined();
  });

  test.each(Object.entries({ ...ID, ...STATED_ID }))(
    'accepts a %s where those are wanted',
    (_what, shape) => {
      expect(judge(shape, 'id')).toBeUndefined();
      expect(judge(shape, 'any')).toBeUndefined();
    },
  );

  test.each(Object.entries(STATED_ID))('refuses a %s as an access token', (_what, shape) => {
    expect(judge(shape, undefined)).toBe('token_use_mismatch');
  });

  test.each(Object.entries(NEVER))('refuses a %s, whatever is wanted', (_what, shape) => {
    for (const tokenUse of ['access', 'id', 'any'] as const)
      expect(judge(shape, tokenUse)).toBe('token_use_mismatch');
  });
});
