import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeControls, escapeJsonControls } from '../../../bin/commands/escape-controls.ts';

describe('escapeControls', () => {
  test.each([
    ['a color', '\u001b[31mred', '\\u001b[31mred'],
    ['a line break', 'one\r\ntwo', 'one\\u000d\\u000atwo'],
    ['a one-byte control sequence', '\u009b2J', '\\u009b2J'],
    ['a reordering', 'a\u202eb', 'a\\u202eb'],
    ['an invisible tag', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
  ])('shows %s', (_what, text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it('leaves letters of all scripts alone', () => {
    expect(escapeControls('Zoë, 東京, 😀')).toBe('Zoë, 東京, 😀');
  });
});

describe('escapeJsonControls', () => {
  it('lets no control character through, and changes no meaning', () => {
    fc.assert(
      fc.property(fc.anything({ values: [fc.string({ unit: 'binary' })] }), (value) => {
        const json = JSON.stringify(value, undefined, 2) ?? 'null';
        const escaped = escapeJsonControls(json);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(json));
        expect(escapeControls(escaped.replace(/[\r\n]/g, ''))).toBe(escaped.replace(/[\r\n]/g, ''));
      }),
    );
  });
});
