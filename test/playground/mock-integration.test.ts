import { describe, expect, it } from '@jest/globals';
import { answerMock } from '../../playground/mock-integration.ts';

const NO_CONTENT = {
  StatusCode: '204',
  ResponseParameters: {
    'method.response.header.Vary': "'Origin'",
    'method.response.header.X': 'context.requestId',
  },
};
const TEAPOT = { StatusCode: '418', SelectionPattern: '4\\d\\d', ResponseParameters: {} };

function answer(template: string, IntegrationResponses = [TEAPOT, NO_CONTENT]) {
  return answerMock({
    Type: 'MOCK',
    RequestTemplates: { 'application/json': template },
    IntegrationResponses,
  });
}

describe('answerMock', () => {
  it('takes the response whose pattern matches the status of the template', () => {
    expect(answer('{"statusCode": 404}')).toEqual({ status: 418, headers: [], body: '' });
  });

  it('takes the response without a pattern otherwise, with its literal headers only', () => {
    expect(answer('{ statusCode: 200 }')).toEqual({ status: 204, headers: [['Vary', 'Origin']], body: '' });
  });

  it('has no answer when no response fits', () => {
    expect(answer('{ statusCode: 200 }', [TEAPOT])).toBeUndefined();
  });
});
