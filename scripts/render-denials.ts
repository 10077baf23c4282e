// docs/denials.md out of the tables that the code itself goes by: denial.ts, denial-guide.ts, fault.ts, the gateway
// responses.
import type { DenialReason, DenialRule } from '../lambda/denial.ts';
import { DENIALS } from '../lambda/denial.ts';
import type { Remedy } from '../lambda/denial-guide.ts';
import { DENIAL_GUIDE, FAULT_GUIDE } from '../lambda/denial-guide.ts';
import type { CheckName } from '../lambda/explain/explanation.ts';
import { CHECK_OF_DENIAL, CHECK_OF_FAULT, CHECKS } from '../lambda/explain/explanation.ts';
import type { FaultCode } from '../lambda/fault.ts';
import { FAULTS } from '../lambda/fault.ts';
import type { DenialBody } from '../lib/denial-bodies.ts';
import { DENIAL_MESSAGE, denialBodies } from '../lib/denial-bodies.ts';

const REASONS = Object.keys(DENIALS) as DenialReason[];
const CODES = Object.keys(FAULTS) as FaultCode[];
const ORDER = Object.keys(CHECKS) as CheckName[];

/** Renders the page about refusals and faults. */
export function renderDenials(): string {
  const inOrder = [...REASONS].sort((a, b) => orderOf(a) - orderOf(b));
  return `${[
    '<!-- Written by scripts/generate-docs.ts. Change lambda/denial.ts or lambda/denial-guide.ts instead. -->',
    `# ${DENIAL_MESSAGE.replace(/\.$/, '')}`,
    INTRODUCTION,
    WIRE,
    '## Every reason at a glance',
    table(
      ['Reason', 'Check', 'REST API', "REST API, `denialDetail: 'reason'`", 'HTTP API', 'WebSocket API'],
      inOrder.map((reason) => [
        `[\`${reason}\`](#${reason})`,
        CHECK_OF_DENIAL[reason],
        genericFace(DENIALS[reason]),
        reasonFace(DENIALS[reason]),
        httpFace(DENIALS[reason]),
        `${DENIALS[reason].status}`,
      ]),
    ),
    `The checks are made in this order, and the first one that fails decides: ${ORDER.join(', ')}. The check of the scope is that of the route table; without one it has nothing to refuse.`,
    ...inOrder.map(renderReason),
    '## Faults',
    FAULT_INTRODUCTION,
    ...CODES.map(renderFault),
  ].join('\n\n')}\n`;
}

const { UNAUTHORIZED, ACCESS_DENIED, AUTHORIZER_CONFIGURATION_ERROR } = denialBodies('generic');
const { ACCESS_DENIED: DETAILED } = denialBodies('reason');
const { ACCESS_DENIED: STEP_UP } = denialBodies('reason', ['acr_values', 'max_age']);

const INTRODUCTION = `An API answered you with this sentence:

> ${DENIAL_MESSAGE}

The API is protected by a revocable-authorizer, and it refused the bearer token in the \`Authorization\` header of the request. The sentence is the same for every refusal, on purpose: whoever tries tokens learns nothing from it.

AWS itself uses the same words for something else. If they came from \`aws\` on the command line, or from an AWS SDK (\`UnrecognizedClientException\`, \`InvalidClientTokenId\`), the AWS credentials are meant: access keys and IAM roles. This page is not about them. You are right here if the body of the answer has the fields \`message\`, \`error\` and \`requestId\`, and the answer a header \`WWW-Authenticate: Bearer ...\`.

What to do first:

- **You call the API.** Get a new token, by refreshing or by signing in again, and repeat the request once. If it is refused too, send the \`requestId\` of the answer to whoever runs the API. Never send the token.
- **You run the API.** Ask for the reason. \`explain\` goes through the checks of the authorizer and shows which one failed, what was expected, and what to do:

  \`\`\`sh
  # the token on stdin, or typed without being shown; the deployed admin function does the checks
  npx revocable-authorizer explain < token.txt

  # without AWS, against the issuer's keys in a file; revocations are not checked
  npx revocable-authorizer explain --jwks jwks.json --issuer https://idp.example.com/ --audience orders < token.txt

  # without the token: a line of the authorizer's log, the reason alone, or a request id
  npx revocable-authorizer explain --log-line < line.json
  npx revocable-authorizer explain --reason token_expired
  npx revocable-authorizer explain --request-id 8b7f1c1e-0000-4000-8000-000000000000
  \`\`\`

Which request id? The authorizer's log knows its own Lambda request id. That is the \`requestId\` of its log lines, \`$context.authorizer.requestId\` in the access log of the API, and the id of the function in an X-Ray trace. The \`requestId\` in the body of a refusal is API Gateway's, \`$context.requestId\`; the event of a TOKEN authorizer does not carry it, so the authorizer cannot log it. To get from the one to the other, have the access log of the stage write both: \`{"requestId":"$context.requestId","authorizerRequestId":"$context.authorizer.requestId"}\`.`;

const WIRE = `## What the client sees

On a REST API, the bodies and challenges below are those of \`addDenialResponses\`; without it, API Gateway's own texts go out with the same status. \`$context...\` stands for what API Gateway puts in.

A refusal with status 401, which is every one of a token that is not good, as long as \`denialDetail\` is \`generic\`:

${shown(UNAUTHORIZED)}

A refusal with status 403, for a good token that may not call this route; which of the three reasons it was, it does not tell:

${shown(ACCESS_DENIED)}

With \`denialDetail: 'reason'\`, every refusal of a token that was offered has status 403 and names the reason:

${shown(DETAILED)}

If some rule of the route table asks for \`acr\` or \`maxAuthAge\`, the body has \`acr_values\` or \`max_age\` too, which say how the user has to sign in:

${shownBody(STEP_UP)}

The \`error\` there is the one of RFC 6750 section 3.1, or of RFC 9470 section 3, for the reason. All this stands in the body alone, and not in \`WWW-Authenticate\`, because API Gateway has one fixed challenge per kind of response. Every field is a text, \`max_age\` (in seconds) too. What does not apply is an empty text: \`acr_values\` and \`max_age\` for every reason but \`authentication_insufficient\`, and all four when it was not the authorizer that denied, but a resource policy. What the token lacks (\`missing\` in the log) is never sent.

With \`routes\` and \`resultsCacheTtl\`, responses are cached by route, so that a cached denial names the reason of its own route.

Requests without anything like a bearer token get status 401 as above: API Gateway refuses them by itself and does not ask the authorizer.

Choose \`reason\` for clients that must tell «expired: refresh» from «revoked: sign in again». It has a price: a status of 403, on which many clients do not refresh; refusals are cached for \`resultsCacheTtl\` like every policy, so a reinstated token stays refused for that long; and a thief is told that the theft was noticed.

A fault, which is not a refusal:

${shown(AUTHORIZER_CONFIGURATION_ERROR)}

An HTTP API has words of its own, which nobody can change: 403 \`{"message":"Forbidden"}\` for every refusal of the authorizer, 401 \`{"message":"Unauthorized"}\` for a request without the configured identity source (the authorizer is not asked), 500 \`{"message":"Internal Server Error"}\` for a fault. What \`denialDetail: 'reason'\` adds stays in the access log there (\`$context.authorizer.reason\`, \`error\`, \`acr_values\`, \`max_age\`).

A WebSocket API refuses the handshake with the bare status: 401, or 403 for a good token that may not connect, or 500 for a fault.`;

const FAULT_INTRODUCTION = `A fault means that the authorizer could not check the token. It never says no: the client sees status 500, API Gateway caches nothing, and the token stays as good as it was.`;

function shownBody({ template }: DenialBody): string {
  return ['```json', template, '```'].join('\n');
}

function shown({ statusCode, challenge, template }: DenialBody): string {
  const lines = [
    `HTTP/1.1 ${statusCode}`,
    ...(challenge === undefined ? [] : [`WWW-Authenticate: ${challenge}`]),
  ];
  return ['```http', ...lines, '', template, '```'].join('\n');
}

function orderOf(reason: DenialReason): number {
  return ORDER.indexOf(CHECK_OF_DENIAL[reason]);
}

function genericFace({ status }: DenialRule): string {
  const { error } = JSON.parse((status === 401 ? UNAUTHORIZED : ACCESS_DENIED).template);
  return `${status} \`${error}\``;
}

function reasonFace({ status, error }: DenialRule): string {
  return error === undefined ? `${status} \`invalid_token\`, no reason` : `403 \`${error}\``;
}

function httpFace({ error }: DenialRule): string {
  return error === undefined
    ? '401 `Unauthorized`, or 403 `Forbidden` where the authorizer is asked'
    : '403 `Forbidden`';
}

function renderReason(reason: DenialReason): string {
  const rule: DenialRule = DENIALS[reason];
  const { meaning, ...remedy } = DENIAL_GUIDE[reason];
  const check = CHECK_OF_DENIAL[reason];
  return [
    `### ${reason}`,
    meaning,
    `Check: ${check} (expected: ${CHECKS[check]}).`,
    [
      `- REST API: ${genericFace(rule)}`,
      `- REST API with \`denialDetail: 'reason'\`: ${reasonFace(rule)}${rule.error === undefined ? '' : `, reason \`${reason}\``}`,
      `- HTTP API: ${httpFace(rule)}`,
      `- WebSocket API: ${rule.status}, on the handshake`,
    ].join('\n'),
    renderRemedy(remedy),
  ].join('\n\n');
}

function renderFault(code: FaultCode): string {
  const check = CHECK_OF_FAULT[code];
  return [
    `### ${code}`,
    FAULTS[code],
    ...(check === null ? [] : [`Check that could not be made: ${check}.`]),
    renderRemedy(FAULT_GUIDE[code]),
  ].join('\n\n');
}

function renderRemedy({ client, operator }: Remedy): string {
  return `What the client does: ${client}\n\nWhat the operator does: ${operator}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
