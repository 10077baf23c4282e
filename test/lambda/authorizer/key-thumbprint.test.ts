import { describe, expect, it } from '@jest/globals';
import { keyThumbprint } from '../../../lambda/authorizer/key-thumbprint.ts';
import { vetKeys } from '../../../lambda/authorizer/vet-keys.ts';

/** The example of RFC 7638 section 3.1. */
const RSA = {
  kty: 'RSA',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
};

describe('keyThumbprint', () => {
  it('is that of RFC 7638, whatever else stands beside the key', () => {
    expect(keyThumbprint(RSA)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('is that of RFC 8037 appendix A.3', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';

    expect(keyThumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });

  it('is the same for a key that is spelled with leading zeros', () => {
    const padded = Buffer.concat([Buffer.alloc(2), Buffer.from(RSA.n, 'base64url')]).toString('base64url');
    const keys = vetKeys({ keys: [RSA, { ...RSA, n: padded, kid: 'padded' }] });

    expect(keys.map(({ thumbprint }) => thumbprint)).toEqual(Array(2).fill(keyThumbprint(RSA)));
  });
});
