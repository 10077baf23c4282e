// The route table of the environment, as the construct wrote it.
import { inflateRawSync } from 'node:zlib';
import * as v from 'valibot';
import { ENVIRONMENT, MAX_ROUTES_JSON_BYTES } from '../environment.ts';
import { Fault } from '../fault.ts';
import { readJson } from '../read-json.ts';
import type { RouteTable } from '../route-table.ts';
import { conflicts, parseRoute, RESERVED_NAMES } from '../route-table.ts';

const Text = v.pipe(v.string(), v.minLength(1));
const Scalar = v.union([v.string(), v.number(), v.boolean()]);
const Texts = v.pipe(v.array(Text), v.minLength(1));
const Seconds = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * At least one entry: without any, a rule would ask for nothing. `v.record` leaves reserved names out without a word, and with
 * them the condition.
 */
function entriesOf<T>(value: v.GenericSchema<unknown, T>) {
  const isSound = (input: unknown) =>
    typeof input === 'object' &&
    input !== null &&
    Object.keys(input).length > 0 &&
    !Object.keys(input).some((name) => RESERVED_NAMES.includes(name));
  const names = RESERVED_NAMES.join(', ');
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isSound, `it has to have entries, and none called ${names}`),
    v.record(Text, value),
  );
}

const RouteRuleSchema = v.strictObject({
  route: v.pipe(
    v.string(),
    v.check((route) => parseRoute(route) !== undefined, 'it is no route'),
  ),
  logOnly: v.exactOptional(v.literal(true)),
  anyone: v.exactOptional(v.literal(true)),
  nobody: v.exactOptional(v.literal(true)),
  scopes: v.exactOptional(Texts),
  anyScope: v.exactOptional(Texts),
  groups: v.exactOptional(Texts),
  anyGroup: v.exactOptional(Texts),
  claims: v.exactOptional(
    entriesOf(
      v.strictObject({
        equals: v.exactOptional(Scalar),
        oneOf: v.exactOptional(v.pipe(v.array(Scalar), v.minLength(1))),
        contains: v.exactOptional(Text),
        present: v.exactOptional(v.literal(true)),
      }),
    ),
  ),
  acr: v.exactOptional(Texts),
  amr: v.exactOptional(Texts),
  maxAuthAgeSeconds: v.exactOptional(Seconds),
  notBefore: v.exactOptional(Seconds),
  notAfter: v.exactOptional(Seconds),
  subjects: v.exactOptional(Texts),
  pathClaims: v.exactOptional(entriesOf(Text)),
  issuers: v.exactOptional(Texts),
});

/** A rule that asks for nothing lets everybody in; that has to be said. */
const RoutesSchema = v.strictObject({
  mode: v.exactOptional(v.picklist(['enforce', 'log-only'])),
  groupsClaim: v.exactOptional(Text),
  issuers: v.exactOptional(Texts),
  rules: v.array(
    v.pipe(
      RouteRuleSchema,
      v.check(
        ({ route, logOnly, anyone, nobody, ...conditions }) =>
          [anyone, nobody, Object.keys(conditions).length > 0].filter(Boolean).length === 1,
        'it has to have either conditions, or anyone: true, or nobody: true',
      ),
    ),
  ),
});

/**
 * Reads a route table from its JSON text, deflated or not.
 *
 * @throws {Fault} `config_invalid`
 */
export function readRouteTable(value: string): RouteTable {
  const json = /^[{[]/.test(value) ? value : inflate(value);
  const table = readJson(ENVIRONMENT.routes, json, RoutesSchema);
  const [conflict] = conflicts(table);
  if (conflict !== undefined) throw new Fault('config_invalid', `${ENVIRONMENT.routes}: ${conflict}`);
  return table;
}

function inflate(value: string): string {
  try {
    return inflateRawSync(Buffer.from(value, 'base64'), {
      maxOutputLength: MAX_ROUTES_JSON_BYTES,
    }).toString();
  } catch (cause) {
    throw new Fault(
      'config_invalid',
      `${ENVIRONMENT.routes} is neither JSON nor JSON that was deflated; deploy the construct again, which writes it`,
      { cause },
    );
  }
}
