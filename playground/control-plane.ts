import { Hono } from 'hono';
import * as v from 'valibot';
import type { CachedApi } from '../lambda/environment.ts';
import { isJson, NOT_JSON } from './is-json.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import type { Template } from './template.ts';

const Parameter = v.object({ Name: v.string(), Value: v.string() });
const Question = v.object({ Path: v.string() });

interface Options {
  readonly template: Template;
  readonly lookup: Lookup;
  /** Empties the results caches of a stage; false: there is no such stage. */
  readonly flush: (kind: CachedApi['kind'], apiId: string, stage: string) => boolean;
}

/**
 * Serves what the admin function asks of AWS after a revocation: SSM's GetParametersByPath, with the parameters of the
 * stack, and the flush of a stage's authorizer cache. Signatures are not looked at.
 */
export function controlPlane({ template, lookup, flush }: Options): Hono {
  const parameters = template
    .resources('AWS::SSM::Parameter')
    .map((resource) => v.parse(Parameter, template.properties(resource, lookup)));

  return new Hono()
    .post('/', async (c) => {
      c.header('content-type', 'application/x-amz-json-1.1');
      if (!isJson(c.req.header('content-type'))) {
        return c.body(JSON.stringify({ __type: 'SerializationException', message: NOT_JSON }), 415);
      }
      const target = c.req.header('x-amz-target');
      if (target !== 'AmazonSSM.GetParametersByPath') {
        const message = `The local mode knows AmazonSSM.GetParametersByPath; this is ${target}.`;
        return c.body(JSON.stringify({ __type: 'UnknownOperationException', message }), 400);
      }
      const { Path } = v.parse(Question, JSON.parse(await c.req.text()));
      const below = `${Path.replace(/\/$/, '')}/`;
      const Parameters = parameters.filter(({ Name }) => Name.startsWith(below));
      return c.body(JSON.stringify({ Parameters }));
    })
    .delete('/restapis/:api/stages/:stage/cache/authorizers', (c) =>
      flush('rest', c.req.param('api'), c.req.param('stage'))
        ? c.body(null, 202)
        : c.json({ message: 'Invalid stage identifier specified' }, 404),
    )
    .delete('/v2/apis/:api/stages/:stage/cache/authorizers', (c) =>
      flush('http', c.req.param('api'), c.req.param('stage'))
        ? c.body(null, 204)
        : c.json({ message: 'Invalid stage identifier specified' }, 404),
    );
}
