import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { nameResource, stageArnOf } from '../../../lambda/authorizer/name-resource.ts';
import { parseMethodArn } from '../../../lambda/authorizer/parse-method-arn.ts';
import { isAllowedByIam } from '../../corpus/read-rules.ts';

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/';
const arnOf = (resource: string) => parseMethodArn(STAGE + resource, 'http');
const name = (resource: string) => nameResource(arnOf(resource));

describe('nameResource', () => {
  test.each([
    ['GET/orders/1', 'GET/orders/1'],
    ['GET/', 'GET/'],
    ['GET', 'GET'],
    ['$default', '$default'],
    ['GET/a b/ü.pdf/"[{', 'GET/a b/ü.pdf/"[{'],
    ['GET/*', `GET/\${*}`],
    ['GET/a?/$x', `GET/a\${?}/\${$}x`],
    [`GET/\${aws:username}`, `GET/\${$}{aws:username}`],
    ['M*/x', `M\${*}/x`],
  ])('writes %s as %s', (resource, named) => {
    expect(name(resource)).toBe(named);
  });

  it('names what takes up to 512 characters with the stage, its escapes included', () => {
    const room = 512 - STAGE.length - 'GET/'.length;

    expect(name(`GET/${'a'.repeat(room)}`)).toHaveLength(512 - STAGE.length);
    expect(name(`GET/${'a'.repeat(room + 1)}`)).toBeUndefined();
    expect(name(`GET/${'a'.repeat(room - 1)}*`)).toBeUndefined();
  });

  it('names one request and no other, whatever its path holds', () => {
    const path = fc.string({
      unit: fc.constantFrom('a', '*', '?', '$', '{', '}', '/', 'ü', ' '),
      maxLength: 12,
    });
    fc.assert(
      fc.property(path, path, (asked, other) => {
        const resource = STAGE + String(name(`GET/${asked}`));
        expect(isAllowedByIam({ allow: [resource], deny: [] }, `${STAGE}GET/${asked}`)).toBe(true);
        expect(isAllowedByIam({ allow: [resource], deny: [] }, `${STAGE}GET/${other}`)).toBe(asked === other);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('stageArnOf', () => {
  it('writes what stands before method and path', () => {
    expect(stageArnOf(arnOf('GET/*'))).toBe(STAGE);
  });
});
