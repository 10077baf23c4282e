import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import { DENIALS } from '../../lambda/denial.ts';
import { FAULTS } from '../../lambda/fault.ts';
import { renderDenials } from '../../scripts/render-denials.ts';

describe('renderDenials', () => {
  it('gives what stands in docs/denials.md; if not, run: node scripts/generate-docs.ts', () => {
    const file = join(import.meta.dirname, '..', '..', 'docs', 'denials.md');

    expect(readFileSync(file, 'utf8')).toBe(renderDenials());
  });

  it('has the sentence that people search for as its title', () => {
    expect(renderDenials()).toContain('\n# The security token included in the request is invalid\n');
  });

  test.each([...Object.keys(DENIALS), ...Object.keys(FAULTS)])('has a section about %s', (code) => {
    const [, section = ''] = renderDenials().split(`\n### ${code}\n`);

    const [text = ''] = section.split('\n### ');
    expect(text).toMatch(/\n\nWhat the client does: .+\n\nWhat the operator does: .+\n/);
  });
});
