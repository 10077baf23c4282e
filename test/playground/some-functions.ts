import type { LambdaFunction } from '../../playground/lambda-runtime.ts';
import { localValues } from '../../playground/local-values.ts';
import type { Lookup } from '../../playground/resolve-intrinsics.ts';
import type { RawTemplate } from '../../playground/template.ts';
import { Template } from '../../playground/template.ts';

type Event = Record<string, unknown>;

/** Functions that answer at once: what they return is their answer, what they throw their error. */
export function someFunctions(handlers: Readonly<Record<string, (event: Event) => unknown>>) {
  const events: Record<string, Event[]> = {};
  const lines: string[] = [];
  const find = (arn: string) => {
    const name = /function:(\w+)$/.exec(arn)?.[1] ?? '';
    const handler = handlers[name];
    if (!handler) return undefined;
    events[name] ??= [];
    const invoke = async (text: string) => {
      const event = JSON.parse(text) as Event;
      events[name]?.push(event);
      try {
        return { ok: true, payload: JSON.stringify((await handler(event)) ?? null) };
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        return { ok: false, error: { errorType, errorMessage, trace: [] } };
      }
    };
    return { invoke } as unknown as LambdaFunction;
  };
  return { find, events, lines, log: (line: string) => lines.push(line) };
}

/** A policy as an authorizer returns it. */
export function aPolicy(Effect: 'Allow' | 'Deny' | undefined, Resource: string, rest: object = {}): object {
  const Statement = Effect === undefined ? [] : [{ Effect, Action: 'execute-api:Invoke', Resource }];
  return { principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement }, ...rest };
}

/** Where an API refers to a function. */
export function uriOf(logicalId: string): unknown {
  const arn = { 'Fn::GetAtt': [logicalId, 'Arn'] };
  const head = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/';
  return { 'Fn::Join': ['', [head, arn, '/invocations']] };
}

/** A template with these resources, and a function for each of the names. */
export function aTemplate(
  resources: RawTemplate['Resources'],
  functionNames: readonly string[],
): { readonly template: Template; readonly lookup: Lookup } {
  const functions = functionNames.map((name) => [name, { Type: 'AWS::Lambda::Function' }]);
  const template = new Template({ Resources: { ...resources, ...Object.fromEntries(functions) } });
  return { template, lookup: localValues(template, 'http://127.0.0.1:4010/issuer') };
}
