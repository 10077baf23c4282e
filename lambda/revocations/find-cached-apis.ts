import * as v from 'valibot';
import type { CachedApi } from '../environment.ts';
import type { SendRequest } from '../signed-request.ts';

const CachedApiSchema = v.object({
  kind: v.picklist(['rest', 'http']),
  api: v.string(),
  stages: v.array(v.string()),
});

const PageSchema = v.object({
  Parameters: v.array(v.object({ Value: v.pipe(v.string(), v.parseJson(), CachedApiSchema) })),
  NextToken: v.nullish(v.string()),
});

/**
 * Finds the APIs whose stages cache the authorizer's answers: each has an SSM parameter, which its own stack made. So
 * an API may come or go without a deployment of the admin function.
 *
 * @param registryPath  the path above all those parameters
 * @throws {Error}  SSM did not answer, or not with such parameters
 */
export async function findCachedApis(
  registryPath: string,
  send: SendRequest,
  signal: AbortSignal,
): Promise<readonly CachedApi[]> {
  const found: CachedApi[] = [];
  let next: string | undefined;
  do {
    const response = await send(
      {
        service: 'ssm',
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AmazonSSM.GetParametersByPath',
        },
        body: JSON.stringify({ Path: registryPath, Recursive: true, ...(next && { NextToken: next }) }),
      },
      signal,
    );
    if (!response.ok) throw new Error(`SSM answered ${response.status}`);
    const page = v.parse(PageSchema, await response.json());
    found.push(...page.Parameters.map(({ Value }) => Value));
    next = page.NextToken ?? undefined;
  } while (next);
  return found;
}
