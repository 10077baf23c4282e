import * as v from 'valibot';
import { ENVIRONMENT } from '../environment.ts';
import { Fault } from '../fault.ts';
import type { Clients } from './authenticate-client.ts';

const ClientsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
);

export interface EndpointSettings {
  /** Undefined: IAM authenticates. */
  readonly clients: Clients | undefined;
  /** Empty where nothing is revoked. */
  readonly revocationsFunctionName: string;
}

/**
 * Reads what only the token endpoints are told.
 *
 * @throws {Fault} `config_invalid`
 */
export function readEndpointSettings(environment: NodeJS.ProcessEnv): EndpointSettings {
  const text = environment[ENVIRONMENT.endpointClients];
  const clients = v.safeParse(v.optional(ClientsSchema), text);
  if (!clients.success)
    throw new Fault('config_invalid', `${ENVIRONMENT.endpointClients} is not of its form`);
  return {
    clients: clients.output,
    revocationsFunctionName: environment[ENVIRONMENT.revocationsFunctionName] ?? '',
  };
}
