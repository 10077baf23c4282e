/** Answers what a template leaves open: the values that CloudFormation would know after a deployment. */
export interface Lookup {
  ref(logicalId: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
}

type Arguments = (argument: unknown, lookup: Lookup) => unknown;

const INTRINSICS: Readonly<Record<string, Arguments>> = {
  Ref: (name, lookup) => lookup.ref(asText(name, 'Ref')),
  'Fn::GetAtt': (argument, lookup) => {
    const [logicalId, ...attribute] =
      typeof argument === 'string' ? argument.split('.') : asList(argument, 'Fn::GetAtt');
    return lookup.getAtt(
      asText(logicalId, 'Fn::GetAtt'),
      attribute.map((part) => asText(part, 'Fn::GetAtt')).join('.'),
    );
  },
  'Fn::Join': (argument, lookup) => {
    const [separator, parts] = asList(argument, 'Fn::Join');
    const texts = asList(resolveIntrinsics(parts, lookup), 'Fn::Join').map((part) =>
      asText(part, 'Fn::Join'),
    );
    return texts.join(asText(separator, 'Fn::Join'));
  },
  'Fn::Split': (argument, lookup) => {
    const [separator, source] = asList(argument, 'Fn::Split');
    return asText(resolveIntrinsics(source, lookup), 'Fn::Split').split(asText(separator, 'Fn::Split'));
  },
  'Fn::Select': (argument, lookup) => {
    const [index, items] = asList(argument, 'Fn::Select');
    const list = asList(resolveIntrinsics(items, lookup), 'Fn::Select');
    const selected = list[Number(index)];
    if (selected === undefined) {
      throw new Error(`Fn::Select asks for element ${String(index)} of a list of ${list.length}.`);
    }
    return selected;
  },
  'Fn::Sub': (argument, lookup) => {
    const [source, own] = typeof argument === 'string' ? [argument, {}] : asList(argument, 'Fn::Sub');
    const variables = (resolveIntrinsics(own, lookup) ?? {}) as Readonly<Record<string, unknown>>;
    return asText(source, 'Fn::Sub').replace(
      /\$\{(!?)([^}]+)\}/g,
      (_whole, literal: string, name: string) => {
        if (literal) return `\${${name}}`;
        if (Object.hasOwn(variables, name)) return asText(variables[name], 'Fn::Sub');
        const [logicalId = '', ...attribute] = name.split('.');
        const value = attribute.length
          ? lookup.getAtt(logicalId, attribute.join('.'))
          : lookup.ref(logicalId);
        return asText(value, 'Fn::Sub');
      },
    );
  },
};

/**
 * Replaces the intrinsic functions of CloudFormation in a part of a template by values, however deep they are nested.
 *
 * @returns the same structure; a property whose value is the pseudo parameter `AWS::NoValue` is left out
 * @throws when a function is none of Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::Select, Fn::Split, or has wrong arguments
 */
export function resolveIntrinsics(value: unknown, lookup: Lookup): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveIntrinsics(item, lookup)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    const intrinsic = INTRINSICS[only[0]];
    if (!intrinsic) {
      throw new Error(
        `The template uses ${only[0]}, which the local mode cannot evaluate; it knows ${Object.keys(INTRINSICS).join(', ')}.`,
      );
    }
    return intrinsic(only[1], lookup);
  }
  return Object.fromEntries(
    entries
      .map(([name, item]) => [name, resolveIntrinsics(item, lookup)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

function asText(value: unknown, where: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Error(
    `${where} of the template got ${JSON.stringify(value) ?? 'nothing'} where a text is needed.`,
  );
}

function asList(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(
    `${where} of the template got ${JSON.stringify(value) ?? 'nothing'} where a list is needed.`,
  );
}
