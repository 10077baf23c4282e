import type { Answer } from './gateway-response.ts';
import type { Route } from './read-rest-api.ts';

/**
 * Answers a MOCK integration: the status that its request template names selects one of its responses, which brings
 * its own status and literal header values.
 *
 * Does NOT run VTL; the preflight answers that CDK makes for one allowed origin do not need it.
 *
 * @returns nothing when the integration has no response for that status, and no default one
 */
export function answerMock({
  RequestTemplates,
  IntegrationResponses,
}: NonNullable<Route['integration']>): Answer | undefined {
  const template = RequestTemplates['application/json'] ?? '';
  const status = /statusCode["']?\s*:\s*(\d{3})/.exec(template)?.[1] ?? '';
  const response =
    IntegrationResponses.find(
      ({ SelectionPattern }) => SelectionPattern && status.match(`^(?:${SelectionPattern})$`),
    ) ?? IntegrationResponses.find(({ SelectionPattern }) => !SelectionPattern);
  if (!response) return undefined;
  return {
    status: Number(response.StatusCode),
    headers: Object.entries(response.ResponseParameters).flatMap(([parameter, mapping]) => {
      const name = /^method\.response\.header\.(.+)$/.exec(parameter)?.[1];
      const value = /^'(.*)'$/s.exec(mapping)?.[1];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
    body: '',
  };
}
