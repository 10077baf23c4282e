import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lookup } from './resolve-intrinsics.ts';
import { resolveIntrinsics } from './resolve-intrinsics.ts';

interface RawResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template as it lies in a cloud assembly. */
export interface RawTemplate {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, RawResource>>;
}

/** One resource of a template. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** The construct path without the stack and without the trailing `Resource`, joined by `-`; else the logical id. */
  readonly localName: string;
  /** Where the asset lies in the cloud assembly, relative to it. */
  readonly assetPath?: string;
  /** The properties as they stand in the template, intrinsic functions included. */
  readonly rawProperties: Readonly<Record<string, unknown>>;
}

/** A template whose resources can be asked for by type. */
export class Template {
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #parameters: NonNullable<RawTemplate['Parameters']>;

  constructor(raw: RawTemplate) {
    this.#parameters = raw.Parameters ?? {};
    this.#resources = new Map(
      Object.entries(raw.Resources).map(([logicalId, resource]) => [
        logicalId,
        toResource(logicalId, resource),
      ]),
    );
  }

  /**
   * Reads the first stack of a cloud assembly that has functions.
   *
   * @param assembly the folder that the CDK app wrote
   */
  static read(assembly: string): Template {
    const manifest = readJson(join(assembly, 'manifest.json')) as {
      artifacts: Record<string, { type: string; properties?: { templateFile?: string } }>;
    };
    const templates = Object.values(manifest.artifacts)
      .filter(({ type }) => type === 'aws:cloudformation:stack')
      .flatMap(({ properties }) => properties?.templateFile ?? [])
      .map((file) => new Template(readJson(join(assembly, file)) as RawTemplate));
    const found = templates.find((template) => template.resources('AWS::Lambda::Function').length > 0);
    if (!found)
      throw new Error('No stack of the synthesized app has a Lambda function, so there is nothing to run.');
    return found;
  }

  /** Lists the resources of a type, in the order of the template. */
  resources(type: string): readonly Resource[] {
    return [...this.#resources.values()].filter((resource) => resource.type === type);
  }

  resource(logicalId: string): Resource | undefined {
    return this.#resources.get(logicalId);
  }

  /** Returns the default of a template parameter. */
  parameter(name: string): unknown {
    return this.#parameters[name]?.Default;
  }

  /** Returns the properties of a resource with every intrinsic function replaced by its local value. */
  properties(resource: Resource, lookup: Lookup): Readonly<Record<string, unknown>> {
    try {
      return resolveIntrinsics(resource.rawProperties, lookup) as Readonly<Record<string, unknown>>;
    } catch (error) {
      throw new Error(`${resource.type} ${resource.logicalId}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

function toResource(logicalId: string, { Type, Properties, Metadata }: RawResource): Resource {
  const path = Metadata?.['aws:cdk:path'];
  const asset = Metadata?.['aws:asset:path'];
  return {
    logicalId,
    type: Type,
    localName: typeof path === 'string' ? nameOfPath(path) : logicalId,
    ...(typeof asset === 'string' && { assetPath: asset }),
    rawProperties: Properties ?? {},
  };
}

function nameOfPath(path: string): string {
  const [, ...parts] = path.split('/');
  if (parts.at(-1) === 'Resource') parts.pop();
  return parts.join('-').replaceAll(/[^A-Za-z0-9_-]/g, '-');
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
