import * as v from 'valibot';
import { templateParts } from './template-parts.ts';

const ApiKey = v.object({ Enabled: v.optional(v.boolean(), true), Value: v.optional(v.string()) });
const UsagePlan = v.object({
  ApiStages: v.optional(
    v.array(v.object({ ApiId: v.optional(v.string()), Stage: v.optional(v.string()) })),
    [],
  ),
});
const UsagePlanKey = v.object({ KeyId: v.string(), UsagePlanId: v.string() });

/**
 * Reads the API keys that a stage accepts: enabled ones of a usage plan of that stage, by their value.
 *
 * A key without a `Value` gets one from AWS; here it has none, and nobody can send it.
 *
 * @returns the id of each key by its value
 */
export function readApiKeys(
  stack: Parameters<typeof templateParts>[0],
  api: { readonly apiId: string; readonly stage: string },
): ReadonlyMap<string, string> {
  const plans = new Set(
    templateParts(stack, 'AWS::ApiGateway::UsagePlan', UsagePlan)
      .filter(({ ApiStages }) =>
        ApiStages.some(({ ApiId, Stage }) => ApiId === api.apiId && Stage === api.stage),
      )
      .map(({ logicalId }) => logicalId),
  );
  const members = new Set(
    templateParts(stack, 'AWS::ApiGateway::UsagePlanKey', UsagePlanKey)
      .filter(({ UsagePlanId }) => plans.has(UsagePlanId))
      .map(({ KeyId }) => KeyId),
  );
  return new Map(
    templateParts(stack, 'AWS::ApiGateway::ApiKey', ApiKey).flatMap(({ logicalId, Enabled, Value }) =>
      Enabled && Value !== undefined && members.has(logicalId) ? [[Value, logicalId] as const] : [],
    ),
  );
}
