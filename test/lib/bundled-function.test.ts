import { describe, expect, it } from '@jest/globals';
import { anAuthorizer } from './an-authorizer.ts';

describe('BundledFunction', () => {
  it('refuses variables that Lambda would refuse, and names the largest', () => {
    const context = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `name_${index}_${'n'.repeat(55)}`,
        `https://claims.example.com/${'c'.repeat(100)}${index}`.slice(0, 128),
      ]),
    );

    expect(() => anAuthorizer({ context })).toThrow(
      /^The variables of the function "Function" take \d{4} bytes, and Lambda allows 4096 \(REVOCABLE_AUTHORIZER_CONTEXT \d{4}, /,
    );
  });
});
