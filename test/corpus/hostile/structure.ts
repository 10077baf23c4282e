import type { HostileToken } from '../corpus.ts';
import type { World } from '../world.ts';

/** RFC 7515 section 3.1, RFC 4648 section 5: three parts, each in the one spelling that base64url has for its bytes. */
export function structure(world: World): HostileToken[] {
  // Two characters in the last group of the claims, so that there are spare bits to set.
  const token = ['', 'x', 'xx', 'xxx']
    .map((filler) => world.token('main', { claims: { filler } }))
    .find((candidate) => (candidate.split('.')[1] ?? '').length % 4 === 2);
  if (!token) throw new Error('no length fits');
  const parts = token.split('.') as [string, string, string];
  const spellings: readonly (readonly [string, (part: string) => string])[] = [
    ['empty', () => ''],
    ['padded', (part) => `${part}=`],
    ['padded twice', (part) => `${part}==`],
    ['in the other alphabet', (part) => `${part.slice(0, 8)}+/${part.slice(8)}`],
    ['with a character more', (part) => `${part}A`],
    ['with a character too few', (part) => part.slice(0, -1)],
    ['with spare bits set', (part) => respellLast(part)],
    ['twice', (part) => `${part}${part}`],
    ['of a single character', () => 'A'],
    ['of padding alone', () => '=='],
    ['with a dash in front', (part) => `-${part}`],
    ['with a tilde', (part) => `${part.slice(0, 8)}~${part.slice(8)}`],
  ];
  return [
    ...parts.flatMap((_, at) =>
      spellings.map(([what, respell]) => ({
        name: `part ${at + 1} ${what}`,
        token: parts.map((part, index) => (index === at ? respell(part) : part)).join('.'),
        reason: reasonOf(what, at),
      })),
    ),
    malformed('one part', parts[1]),
    malformed('two parts', `${parts[0]}.${parts[1]}`),
    malformed('an unsecured JWS', `${parts[0]}.${parts[1]}.`),
    malformed('four parts', `${token}.${parts[2]}`),
    malformed('a JWE of five parts', [...parts, parts[2], parts[2]].join('.')),
    malformed('dots alone', '..'),
    malformed('a leading dot', `.${token}`),
    malformed('a trailing dot', `${token}.`),
    malformed(
      'the claims as JSON',
      `${parts[0]}.${JSON.stringify(world.claims('main')).replace(/[^\w]/g, '')}.${parts[2]}`,
    ),
    malformed('header and claims exchanged', `${parts[1]}.${parts[2]}.${parts[0]}`),
    malformed('the parts backwards', `${parts[2]}.${parts[1]}.${parts[0]}`),
    malformed('one letter', 'a'),
    malformed('a nested JWT', world.raw({ ...world.header('main'), cty: 'JWT' }, token)),
    malformed(
      'gzip in place of the claims',
      world.raw(world.header('main'), Buffer.from('1f8b08000000000000ff', 'hex')),
    ),
    credentials('a comma and a second token', `Bearer ${token},${token}`),
    credentials('a space and a second token', `Bearer ${token} ${token}`),
    credentials('two headers', `Bearer ${token}, Bearer ${token}`),
    credentials('a token and basic credentials', `Bearer ${token}, Basic YWxpY2U6c2VjcmV0`),
    credentials('quotes', `Bearer "${token}"`),
    credentials('a line break', `Bearer ${token}\n`),
    credentials('a line break inside', `Bearer ${parts[0]}.\n${parts[1]}.${parts[2]}`),
    credentials('a NUL', `Bearer ${token}\u0000`),
    credentials('a no-break space', `Bearer\u00a0${token}`, 'token_missing'),
    credentials('a tab', `Bearer \t${token}`),
    credentials('a homoglyph', `Bearer ${token.replace('a', 'а')}`),
    credentials('an emoji', `Bearer ${token}😀`),
    credentials('a percent escape', `Bearer ${token.replace('.', '%2E')}`),
    credentials('the scheme twice', `Bearer Bearer ${token}`),
    credentials('no token', 'Bearer '),
    credentials('only padding', 'Bearer ='),
    credentials('a token of 8 KB', `Bearer ${'a'.repeat(8192)}`),
    credentials('no scheme', token, 'token_missing'),
    credentials('the scheme JWT', `JWT ${token}`, 'token_missing'),
    credentials('the scheme DPoP', `DPoP ${token}`, 'token_missing'),
    credentials('a space in front', ` Bearer ${token}`, 'token_missing'),
    credentials('nothing', '', 'token_missing'),
    {
      name: 'a token longer than its issuer allows',
      token: world.token('strict', { claims: { filler: 'x'.repeat(1500) } }),
      reason: 'token_malformed',
    },
  ];
}

/** RFC 6750 allows padding only at the end; what stays base64url, and is no JSON, is for the signature to refuse. */
function reasonOf(what: string, part: number): HostileToken['reason'] {
  if (/padd/.test(what)) return part < 2 ? 'credentials_malformed' : 'token_malformed';
  const isOtherSignature = part === 2 && /twice|more|dash/.test(what);
  return isOtherSignature ? 'signature_invalid' : 'token_malformed';
}

function malformed(name: string, token: string): HostileToken {
  return { name, token, reason: 'token_malformed' };
}

function credentials(
  name: string,
  authorization: string,
  reason: HostileToken['reason'] = 'credentials_malformed',
): HostileToken {
  return { name: `credentials with ${name}`, authorization, reason };
}

/** Another last character for the same bytes: the bits that do not count are set. */
function respellLast(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.slice(-1));
  return `${part.slice(0, -1)}${alphabet[last + 1]}`;
}
