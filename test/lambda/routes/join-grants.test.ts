import { describe, expect, it } from '@jest/globals';
import type { GroupGrants } from '../../../lambda/routes/compile-policy.ts';
import { ALL_PATHS, joinGrants } from '../../../lambda/routes/join-grants.ts';

const ARN_CHARS = 60;
const part = (name: string, complement: GroupGrants['complement'] = [`DELETE/${name}`]): GroupGrants => ({
  allow: [`POST/${name}`, `GET/${name}`],
  deny: [`GET/${name}/secret`],
  complement,
});
const parts = (count: number) => Array.from({ length: count }, (_, index) => part(`r${index}`));

describe('joinGrants', () => {
  it('sorts what the groups bring, each resource once', () => {
    expect(joinGrants([part('b'), part('a'), part('b')], ARN_CHARS)).toEqual({
      allow: ['GET/a', 'GET/b', 'POST/a', 'POST/b'],
      deny: ['GET/a/secret', 'GET/b/secret'],
    });
  });

  it('turns a policy round only where it is large and gets shorter', () => {
    expect(joinGrants(parts(10), ARN_CHARS).allow).toHaveLength(20);
    expect(joinGrants(parts(20), ARN_CHARS)).toEqual({
      allow: ALL_PATHS,
      deny: parts(20)
        .flatMap(({ complement }) => complement ?? [])
        .sort(),
    });
    const longer = parts(20).map((each) => ({ ...each, complement: [...each.allow, ...each.deny, 'X/x'] }));
    expect(joinGrants(longer, ARN_CHARS).allow).toHaveLength(40);
  });

  it('does not turn round what no pattern can deny', () => {
    expect(joinGrants([...parts(20), { ...part('x'), complement: undefined }], ARN_CHARS).allow).toHaveLength(
      42,
    );
  });
});
