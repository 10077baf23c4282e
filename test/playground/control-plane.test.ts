import { describe, expect, it, test } from '@jest/globals';
import { findCachedApis } from '../../lambda/revocations/find-cached-apis.ts';
import type { openSignedRequests } from '../../lambda/signed-request.ts';
import { controlPlane } from '../../playground/control-plane.ts';
import { localValues } from '../../playground/local-values.ts';
import { Template } from '../../playground/template.ts';

const API = { Type: 'AWS::ApiGateway::RestApi' };
const parameter = (Name: string, Value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name, Value },
});

function aControlPlane() {
  const template = new Template({
    Resources: {
      Api: API,
      Mine: parameter('/registry/c8/a', {
        'Fn::Join': ['', ['{"kind":"rest","api":"', { Ref: 'Api' }, '","stages":["prod"]}']],
      }),
      Other: parameter('/registry/c80/a', 'not mine'),
    },
  });
  const lookup = localValues(template, 'http://127.0.0.1:1/issuer');
  const flushed: string[] = [];
  const flush = (kind: string, api: string, stage: string) => {
    if (stage === 'none') return false;
    flushed.push(`${kind} ${api} ${stage}`);
    return true;
  };
  return { app: controlPlane({ template, lookup, flush }), flushed, apiId: String(lookup.ref('Api')) };
}

describe('controlPlane', () => {
  it('finds the parameters of the stack below a path, as the admin function asks for them', async () => {
    const { app, apiId } = aControlPlane();
    const send: ReturnType<typeof openSignedRequests> = async ({ method, path, headers, body }) =>
      app.request(path, { method, headers: { ...headers }, ...(body !== undefined && { body }) });

    await expect(findCachedApis('/registry/c8', send, AbortSignal.timeout(5000))).resolves.toEqual([
      { kind: 'rest', api: apiId, stages: ['prod'] },
    ]);
  });

  test.each([
    ['/restapis/abc/stages/prod/cache/authorizers', 202, 'rest abc prod'],
    ['/v2/apis/abc/stages/%24default/cache/authorizers', 204, 'http abc $default'],
  ])('flushes at DELETE %s', async (path, status, expected) => {
    const { app, flushed } = aControlPlane();
    expect((await app.request(path, { method: 'DELETE' })).status).toBe(status);
    expect(flushed).toEqual([expected]);
  });

  it('says that there is no such stage, and no such operation', async () => {
    const { app } = aControlPlane();
    const path = '/restapis/abc/stages/none/cache/authorizers';
    expect((await app.request(path, { method: 'DELETE' })).status).toBe(404);
    const headers = {
      'x-amz-target': 'AmazonSSM.PutParameter',
      'content-type': 'application/x-amz-json-1.1',
    };
    expect((await app.request('/', { method: 'POST', headers, body: '{}' })).status).toBe(400);
  });

  it('takes JSON by its content type alone', async () => {
    const { app } = aControlPlane();
    const headers = { 'x-amz-target': 'AmazonSSM.GetParametersByPath', 'content-type': 'text/plain' };
    const response = await app.request('/', { method: 'POST', headers, body: '{"Path":"/registry/c8"}' });
    expect(response.status).toBe(415);
  });
});
