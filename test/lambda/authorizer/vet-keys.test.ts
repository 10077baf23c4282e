import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it, test } from '@jest/globals';
import { vetKeys } from '../../../lambda/authorizer/vet-keys.ts';
import { isAcceptedByNode, newKey, renamed } from '../../corpus/keys.ts';
import { newWeakKeys } from '../../corpus/weak-keys.ts';

const rsa = newKey('RS256', { kid: 'rsa' });
const ed = newKey('EdDSA', { kid: 'ed' });
const weak = Object.entries(newWeakKeys(rsa)).filter(([kid]) => kid !== 'p384');

describe('vetKeys', () => {
  test.each([
    ['an RSA key', rsa.jwk, ['RS256', 'RS384', 'RS512'], 256],
    ['an RSA key for one algorithm', { ...rsa.jwk, alg: 'RS384' }, ['RS384'], 256],
    ['a P-256 key', newKey('ES256', { kid: 'k' }).jwk, ['ES256'], 64],
    ['a P-384 key', newKey('ES384', { kid: 'k' }).jwk, ['ES384'], 96],
    ['a P-521 key', newKey('ES512', { kid: 'k' }).jwk, ['ES512'], 132],
    ['an Ed25519 key', ed.jwk, ['EdDSA'], 64],
    [
      'a key to verify with',
      { ...rsa.jwk, key_ops: ['verify'], use: 'sig' },
      ['RS256', 'RS384', 'RS512'],
      256,
    ],
    [
      'a key with a certificate',
      { ...rsa.jwk, x5c: ['AAAA'], x5t: 'AAAA' },
      ['RS256', 'RS384', 'RS512'],
      256,
    ],
    ['an RSA key of 3,072 bits', newKey('RS256', { kid: 'k' }, 3072).jwk, ['RS256', 'RS384', 'RS512'], 384],
  ])('knows what %s is good for', (_what, jwk, algorithms, signatureBytes) => {
    expect(vetKeys({ keys: [jwk] })).toEqual([
      expect.objectContaining({ kid: jwk['kid'], algorithms, signatureBytes }),
    ]);
  });

  test.each(weak)('leaves out the key %s', (_kid, { jwk }) => {
    const fit = vetKeys({ keys: [jwk, ed.jwk] });
    expect(fit.map(({ kid }) => kid)).toEqual(['ed']);
  });

  it('is needed: Node.js itself takes most of those keys', () => {
    expect(weak.filter(([, { jwk }]) => isAcceptedByNode(jwk)).length).toBeGreaterThan(15);
  });

  test.each([
    ['no kid', { ...rsa.jwk, kid: undefined }],
    ['an empty kid', { ...rsa.jwk, kid: '' }],
    ['a number as kid', { ...rsa.jwk, kid: 7 }],
    ['no type', { ...rsa.jwk, kty: undefined }],
    ['another type', { ...rsa.jwk, kty: 'EC' }],
    ['no modulus', { ...rsa.jwk, n: undefined }],
    [
      'the private half',
      {
        ...createPrivateKey(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })).export({
          format: 'jwk',
        }),
        kid: 'k',
      },
    ],
    ['an Ed448 key', { kty: 'OKP', crv: 'Ed448', x: ed.jwk['x'], kid: 'k' }],
    ['a curve from Object.prototype', { ...newKey('ES256', { kid: 'k' }).jwk, crv: 'toString' }],
  ])('leaves out a key with %s', (_what, jwk) => {
    expect(() => vetKeys({ keys: [jwk] })).toThrow('none of the 1 keys of the set is fit for use');
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [rsa.jwk]],
    ['a key alone', rsa.jwk],
    ['keys that are no list', { keys: { 0: rsa.jwk } }],
    ['a text', '{"keys":[]}'],
  ])('throws for %s', (_what, jwks) => {
    expect(() => vetKeys(jwks)).toThrow('the answer is not a key set');
  });

  test.each([
    ['an empty set', []],
    ['a set of anything', [null, 1, 'x', [], {}]],
  ])('throws for %s', (_what, keys) => {
    expect(() => vetKeys({ keys })).toThrow(`none of the ${keys.length} keys of the set is fit for use`);
  });

  it('hands on the key alone, without the odd members beside it', () => {
    const [key] = vetKeys({ keys: [renamed(rsa, { x: 5, y: null, 'x5t#S256': [] }).jwk] });
    expect(key?.jwk).toEqual(createPublicKey(rsa.privateKey).export({ format: 'jwk' }));
  });

  it('refuses a point of small order with its sign bit set, too', () => {
    const x = Buffer.from(`01${'00'.repeat(30)}80`, 'hex').toString('base64url');
    expect(() => vetKeys({ keys: [{ ...ed.jwk, x }] })).toThrow('none of the 1 keys');
  });
});
