import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { openJsonLog } from '../../lambda/json-log.ts';

let written: string;

beforeEach(() => {
  written = '';
  process.env['POWERTOOLS_LOG_LEVEL'] = 'INFO';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env['POWERTOOLS_LOG_LEVEL'];
});

it('writes no control character, as it is or as an escape of JSON that a viewer would undo', () => {
  openJsonLog().info('decision', { kid: 'a\nb\u0000\u001b[2J\u007f\u009b31m\u2028', missing: ['x\u0085'] });

  const [line = '', ...others] = written.split('\n');
  expect(others).toEqual(['']);
  expect(JSON.parse(line)).toMatchObject({
    kid: 'a\\u000ab\\u0000\\u001b[2J\\u007f\\u009b31m\\u2028',
    missing: ['x\\u0085'],
  });
});
