import type { HostileToken } from '../corpus.ts';
import type { World } from '../world.ts';

/** RFC 8259, RFC 7515 section 4: texts in which different readers see different things, or nothing. */
export function json(world: World): HostileToken[] {
  const header = JSON.stringify(world.header('main'));
  const claims = JSON.stringify(world.claims('main'));
  return (['header', 'claims'] as const).flatMap((part) => {
    const good = part === 'header' ? header : claims;
    const inner = good.slice(1, -1);
    const own = part === 'header' ? '"alg":"RS256"' : '"sub":"mallory"';
    const name = own.split(':')[0] ?? '';
    const texts: readonly (readonly [string, Buffer | string])[] = [
      ['nothing', ' '],
      ['null', 'null'],
      ['true', 'true'],
      ['a number', '42'],
      ['a text', '"{}"'],
      ['a list', '[]'],
      ['the object in a list', `[${good}]`],
      ['NaN', `{"x":NaN,${inner}}`],
      ['infinity', `{"x":Infinity,${inner}}`],
      ['a hexadecimal number', `{"x":0x10,${inner}}`],
      ['a leading zero', `{"x":01,${inner}}`],
      ['a plus sign', `{"x":+1,${inner}}`],
      ['undefined', `{"x":undefined,${inner}}`],
      ['single quotes', good.replaceAll('"', "'")],
      ['a trailing comma', `{${inner},}`],
      ['a comment', `{/* */${inner}}`],
      ['a second object behind', `${good}${good}`],
      ['text behind', `${good}x`],
      ['a NUL behind', `${good}\u0000`],
      ['half an object', good.slice(0, -10)],
      ['a line break inside a text', `{"x":"\n",${inner}}`],
      ['an unknown escape', `{"x":"\\x41",${inner}}`],
      ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(good)])],
      ['UTF-16', Buffer.from(good, 'utf16le')],
      [
        'bytes that are no UTF-8',
        Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff, 0xfe]), Buffer.from(`",${inner}}`)]),
      ],
      [
        'an overlong UTF-8 sequence',
        Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xc0, 0xaf]), Buffer.from(`",${inner}}`)]),
      ],
      [
        'a surrogate as UTF-8',
        Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(`",${inner}}`)]),
      ],
      ['half a surrogate pair', `{"x":"\\ud800",${inner}}`],
      ['the halves exchanged', `{"x":"\\udc00\\ud800",${inner}}`],
      ['half a pair as a name', `{"\\udfff":1,${inner}}`],
      ['a name twice', `{${own},${inner}}`],
      ['a name twice, at the end', `{${inner},${own}}`],
      ['a name twice, with the same value', `{${inner},${inner}}`],
      [
        'a name twice, once escaped',
        `{${own.replace(name, `"\\u00${name.charCodeAt(1).toString(16)}${name.slice(2)}`)},${inner}}`,
      ],
      ['a name twice further inside', `{"x":{"a":1,"a":2},${inner}}`],
      ['a name twice inside a list', `{"x":[{"a":1,"b":2,"a":1}],${inner}}`],
      ['a name twice behind white space', `{"x":{"a" :1,"a"\t:2},${inner}}`],
      ['an empty name twice', `{"":1,"":1,${inner}}`],
      ['__proto__', `{"__proto__":{},${inner}}`],
      ['__proto__ escaped', `{"\\u005f_proto__":{"admin":true},${inner}}`],
      ['__proto__ further inside', `{"x":[{"__proto__":null}],${inner}}`],
      ['33 levels of lists', `{"x":${'['.repeat(32)}${']'.repeat(32)},${inner}}`],
      ['33 levels of objects', `{"x":${'{"a":'.repeat(32)}1${'}'.repeat(32)},${inner}}`],
      ['2,000 levels of lists', `{"x":${'['.repeat(2000)}${']'.repeat(2000)},${inner}}`],
    ];
    return texts.map(([what, text]) => ({
      name: `${what} in the ${part}`,
      token: part === 'header' ? world.raw(text, claims) : world.raw(header, text),
      reason: 'token_malformed' as const,
    }));
  });
}
