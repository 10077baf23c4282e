/** What `$context`, `$stageVariables` and `$method.request` stand for in the templates of one request. */
export interface RequestVariables {
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** By lower-case name; a repeated header is joined. */
  readonly header: Readonly<Record<string, string>>;
  readonly querystring: Readonly<Record<string, string>>;
  readonly path: Readonly<Record<string, string>>;
}

const VARIABLE =
  /\$(?:context\.(\w+(?:\.\w+)*)|stageVariables\.(\w+)|method\.request\.(header|querystring|path)\.([\w-]+))/g;

/**
 * Replaces the variables of a gateway response template; there is no other syntax in it, in particular no VTL.
 *
 * An unknown variable becomes the empty text. Does NOT escape anything, as API Gateway does not.
 */
export function substitute(template: string, variables: RequestVariables): string {
  return template.replaceAll(
    VARIABLE,
    (_whole, context?: string, stage?: string, source?: 'header' | 'querystring' | 'path', name = '') => {
      if (context !== undefined) return toText(lookUp(variables.context, context.split('.')));
      if (stage !== undefined) return toText(variables.stageVariables[stage]);
      return toText(source && variables[source][source === 'header' ? name.toLowerCase() : name]);
    },
  );
}

/** Follows a path of names into nested objects. */
export function lookUp(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (parent, name) =>
      typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
        ? (parent as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
}

function toText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
