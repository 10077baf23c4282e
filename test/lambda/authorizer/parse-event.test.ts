import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEvent } from '../../../lambda/authorizer/parse-event.ts';
import { Fault } from '../../../lambda/fault.ts';

const anEvent = (methodArn: unknown, authorizationToken: unknown = 'Bearer a.b.c') => ({
  type: 'TOKEN',
  methodArn,
  authorizationToken,
});
const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';

describe('parseEvent', () => {
  it('takes a TOKEN event apart', () => {
    expect(parseEvent(anEvent(`${STAGE}/GET/orders/42`))).toEqual({
      kind: 'rest-token',
      authorization: 'Bearer a.b.c',
      arn: {
        partition: 'aws',
        region: 'eu-west-1',
        accountId: '123456789012',
        apiId: 'a1b2c3d4e5',
        stage: 'prod',
        method: 'GET',
        path: 'orders/42',
      },
    });
  });

  test.each([
    ['the root', `${STAGE}/GET/`, ''],
    ['a colon', `${STAGE}/GET/a:b`, 'a:b'],
    ['slashes and wildcards', `${STAGE}/GET//x/*/?`, '/x/*/?'],
    ['a line break', `${STAGE}/GET/a\nb`, 'a\nb'],
  ])('keeps %s in the path', (_what, methodArn, path) => {
    expect(parseEvent(anEvent(methodArn)).arn.path).toBe(path);
  });

  test.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b'])('knows the partition %s', (partition) => {
    expect(parseEvent(anEvent(`${STAGE.replace('aws', partition)}/GET/`)).arn.partition).toBe(partition);
  });

  test.each([[undefined], [null], [7], [['Bearer a.b.c']]])(
    'takes the credentials %j for none',
    (credentials) => {
      expect(
        parseEvent({ ...anEvent(`${STAGE}/GET/`), authorizationToken: credentials }).authorization,
      ).toBeUndefined();
    },
  );

  it('ignores fields that AWS may add', () => {
    expect(parseEvent({ ...anEvent(`${STAGE}/GET/`), later: { any: 'thing' } }).kind).toBe('rest-token');
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a string', 'TOKEN'],
    ['no type', { methodArn: `${STAGE}/GET/` }],
    ['another type', { ...anEvent(`${STAGE}/GET/`), type: 'REQUEST' }],
    ['no ARN', anEvent(undefined)],
    ['an ARN with a wildcard for the stage', anEvent(`${STAGE.replace('prod', '*')}/GET/`)],
    ['an ARN of another service', anEvent('arn:aws:lambda:eu-west-1:123456789012:a1/prod/GET/')],
    ['an ARN without a path', anEvent(`${STAGE}/GET`)],
  ])('throws the fault event_unrecognized for %s', (_what, event) => {
    expect(() => parseEvent(event)).toThrow(expect.objectContaining({ code: 'event_unrecognized' }));
  });

  it('answers anything with a request or that fault, and puts no wildcard into the parts of the stage', () => {
    const arn = fc
      .tuple(fc.constantFrom('aws', 'a*', ''), fc.string(), fc.string(), fc.string({ unit: 'binary' }))
      .map(
        ([partition, api, stage, path]) =>
          `arn:${partition}:execute-api:eu-west-1:123456789012:${api}/${stage}/GET/${path}`,
      );
    const event = fc.oneof(
      fc.anything(),
      fc.record({
        type: fc.constantFrom('TOKEN', 'REQUEST'),
        methodArn: fc.oneof(arn, fc.anything()),
        authorizationToken: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(event, (any) => {
        try {
          const { partition, region, accountId, apiId, stage } = parseEvent(any).arn;
          expect([partition, region, accountId, apiId, stage].join('')).toMatch(/^[\w-]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect(error).toMatchObject({ code: 'event_unrecognized' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
