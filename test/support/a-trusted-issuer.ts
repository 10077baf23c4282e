import type { TrustedIssuer } from '../../lambda/config.ts';
import { readConfig } from '../../lambda/config.ts';
import type { IssuerSettings } from '../../lambda/environment.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';

/** An issuer as the functions see it: settings that are accepted as they are, with every default filled in. */
export function aTrustedIssuer(settings: Partial<IssuerSettings> = {}): TrustedIssuer {
  const issuer: IssuerSettings = {
    kind: 'oidc',
    id: 'idp',
    issuers: ['https://idp.example.com/'],
    jwksUri: 'https://idp.example.com/jwks',
    audience: ['orders'],
    ...settings,
  };
  const [trusted] = readConfig({
    [ENVIRONMENT.tableName]: 'Revocations',
    [ENVIRONMENT.issuers]: JSON.stringify([issuer]),
  }).issuers;
  if (!trusted) throw new Error('there is no issuer');
  return trusted;
}
