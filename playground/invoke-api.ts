import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { Hono } from 'hono';
import { isJson, NOT_JSON } from './is-json.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import { LOCAL } from './local-values.ts';

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/**
 * Serves the Invoke operation of Lambda for the functions of the stack. Signatures are not looked at.
 *
 * @param log gets one line about each event invocation that failed, since its caller never hears of it
 */
export function invokeApi(functions: Pick<LambdaFunctions, 'find'>, log: (line: string) => void): Hono {
  return new Hono().post('/2015-03-31/functions/:name/invocations', async (c) => {
    c.header('x-amzn-RequestId', randomUUID());
    const id = c.req.param('name');
    const qualifier = c.req.query('Qualifier');
    const opened = functions.find(qualifier ? `${id}:${qualifier}` : id);
    if (!opened) return notFound(c, id);

    if (!isJson(c.req.header('content-type')) && !isOfSdk(c)) {
      return refuse(c, 415, 'UnsupportedMediaTypeException', NOT_JSON);
    }
    const event = (await c.req.text()) || '{}';
    if (Buffer.byteLength(event) > MAX_PAYLOAD_BYTES) {
      return refuse(
        c,
        413,
        'RequestTooLargeException',
        `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes`,
      );
    }
    if (!canParse(event)) {
      return refuse(c, 400, 'InvalidRequestContentException', 'Could not parse request body into json.');
    }

    const type = c.req.header('x-amz-invocation-type') ?? 'RequestResponse';
    if (type === 'DryRun') return c.body(null, 204);
    if (type === 'Event') {
      void opened.invoke(event).then((result) => {
        if (!result.ok)
          log(`${opened.settings.name}: the event invocation failed with ${result.error.errorType}.`);
      });
      return c.body(null, 202);
    }
    if (type !== 'RequestResponse') {
      return refuse(
        c,
        400,
        'InvalidParameterValueException',
        `The invocation type "${type}" is none of RequestResponse, Event, DryRun.`,
      );
    }

    const result = await opened.invoke(event);
    c.header('X-Amz-Executed-Version', '$LATEST');
    c.header('Content-Type', 'application/json');
    if (!result.ok) c.header('X-Amz-Function-Error', 'Unhandled');
    return c.body(result.ok ? result.payload : JSON.stringify(result.error), 200);
  });
}

function notFound(c: Context, id: string): Response {
  const arn = id.startsWith('arn:') ? id : `arn:aws:lambda:${LOCAL.region}:${LOCAL.accountId}:function:${id}`;
  return refuse(c, 404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}

function refuse(c: Context, status: 400 | 404 | 413 | 415, exception: string, message: string): Response {
  c.header('x-amzn-ErrorType', exception);
  return c.json({ Type: 'User', Message: message, message }, status);
}

/** The SDKs call an event bytes, and the CLI does not say; both sign, which a web page cannot do without asking. */
function isOfSdk(c: Context): boolean {
  const isSigned = c.req.header('authorization')?.startsWith('AWS4-HMAC-SHA256 ') === true;
  return isSigned && ['application/octet-stream', undefined].includes(c.req.header('content-type'));
}

function canParse(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
