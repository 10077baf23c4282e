import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { LambdaFunction } from './lambda-runtime.ts';
import { LOCAL } from './local-values.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import type { Resource, Template } from './template.ts';

const FunctionProperties = v.object({
  Handler: v.string(),
  Timeout: v.optional(v.number(), 3),
  MemorySize: v.optional(v.number(), 128),
  Environment: v.optional(v.object({ Variables: v.optional(v.record(v.string(), v.string()), {}) })),
});

/** Harmless to a function, and missing from Windows programs only with trouble. */
const PASSED_ON = ['PATH', 'SystemRoot', 'TEMP', 'TMPDIR'];

interface Options {
  readonly assembly: string;
  readonly template: Template;
  readonly lookup: Lookup;
  /** Changes the environment that the template declares, and adds what the local mode needs. */
  readonly environment: (declared: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  readonly log: (functionName: string, line: string) => void;
}

/** The functions of a stack, to be found by name, logical id or ARN. */
export class LambdaFunctions {
  readonly #functions = new Map<string, LambdaFunction>();

  /** Opens every function of the template whose code lies in the cloud assembly; none of them runs yet. */
  constructor(options: Options) {
    for (const resource of options.template.resources('AWS::Lambda::Function')) {
      if (resource.assetPath === undefined) continue;
      const opened = openFunction(resource, resource.assetPath, options);
      this.#functions.set(resource.logicalId, opened);
      this.#functions.set(opened.settings.name, opened);
    }
  }

  get names(): readonly string[] {
    return [...new Set([...this.#functions.values()].map(({ settings }) => settings.name))];
  }

  /**
   * Finds a function as Lambda's own API does.
   *
   * @param id a name, a logical id, a partial ARN (`123456789012:function:name`) or an ARN; all of them may end in a
   *   qualifier, and the only one that exists is `$LATEST`
   */
  find(id: string): LambdaFunction | undefined {
    const parts = /^(?:(?:arn:[^:]+:lambda:[^:]+:)?\d{12}:)?(?:function:)?([^:]+)(?::([^:]+))?$/.exec(id);
    if (!parts || (parts[2] !== undefined && parts[2] !== '$LATEST')) return undefined;
    return this.#functions.get(parts[1] ?? '');
  }

  /** Ends every worker thread. */
  async close(): Promise<void> {
    await Promise.all([...new Set(this.#functions.values())].map((opened) => opened.close()));
  }
}

function openFunction(resource: Resource, assetPath: string, options: Options): LambdaFunction {
  const properties = options.template.properties(resource, options.lookup);
  const { Handler, Timeout, MemorySize, Environment } = v.parse(FunctionProperties, properties);
  const name = String(options.lookup.ref(resource.logicalId));
  const folder = join(options.assembly, assetPath);
  const [file = '', exportName = ''] = Handler.split('.');
  const settings = {
    name,
    arn: String(options.lookup.getAtt(resource.logicalId, 'Arn')),
    file: bundleFile(folder, file),
    exportName,
    timeoutSeconds: Timeout,
    memoryMegabytes: MemorySize,
    environment: {
      ...passedOn(),
      ...runtimeEnvironment(name, Handler, MemorySize, folder),
      ...options.environment(Environment?.Variables ?? {}),
    },
  };
  return new LambdaFunction(settings, (line) => options.log(name, line));
}

function bundleFile(folder: string, name: string): string {
  const found = ['.js', '.mjs', '.cjs'].map((extension) => join(folder, name + extension)).find(existsSync);
  if (!found)
    throw new Error(`The cloud assembly has no ${name}.js, ${name}.mjs or ${name}.cjs in ${folder}.`);
  return found;
}

function passedOn(): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The variables that Lambda itself sets. The owner's AWS profile and credentials never reach a local function. */
function runtimeEnvironment(name: string, handler: string, memoryMegabytes: number, folder: string) {
  return {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_DEFAULT_REGION: LOCAL.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_REGION: LOCAL.region,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    LAMBDA_TASK_ROOT: folder,
    TZ: ':UTC',
    _HANDLER: handler,
  };
}
