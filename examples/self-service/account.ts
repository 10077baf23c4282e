// The backend of the account pages. In an application of your own, '../../client/index.ts' is
// 'revocable-authorizer/client', and '../../lambda/backend/index.ts' is 'revocable-authorizer/backend'.
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { NotConfirmed, Revocations } from '../../client/index.ts';
import type { AuthorizerContext } from '../../lambda/backend/index.ts';
import { requireAuthorizer } from '../../lambda/backend/index.ts';
import { CognitoNotConfirmed, revokeRefreshToken, signOutOfCognito } from './cognito.ts';
import { Sessions } from './sessions.ts';

const sessions = new Sessions(process.env['SESSIONS_TABLE'] ?? '');
const revocations = new Revocations({
  functionName: process.env['REVOCATIONS_FUNCTION'] ?? '',
  actor: 'account-pages',
});

interface Caller extends AuthorizerContext {
  /** By the authorizer's option `context`; the issuer's `requireSession` makes sure that it is there. */
  readonly session: string;
  readonly issuedAt: string;
}

type Page = (caller: Caller, event: APIGatewayProxyEvent) => Promise<unknown>;

const PAGES: Readonly<Record<string, Page>> = {
  'GET /sessions': showSessions,
  'POST /logout': logOut,
  'POST /logout/others': logOutOthers,
  'POST /logout/everywhere': logOutEverywhere,
};

export const handler = requireAuthorizer(
  async (event: APIGatewayProxyEvent, context): Promise<APIGatewayProxyResult> => {
    const caller = context as Caller;
    const page = PAGES[`${event.httpMethod} ${event.resource}`];
    if (page === undefined) return answer(404, { message: 'There is no such page.' });
    try {
      // Every backend of yours does this: a session that has ever called anything can then be signed out by the others.
      await sessions.remember(
        caller.sub,
        caller.session,
        event.requestContext.identity.userAgent ?? 'unknown',
      );
      return answer(200, await page(caller, event));
    } catch (error) {
      if (error instanceof SyntaxError) return answer(400, { message: 'The body is no JSON.' });
      if (!(error instanceof NotConfirmed || error instanceof CognitoNotConfirmed)) throw error;
      return answer(503, { message: 'Not confirmed yet; please try again.' }, { 'Retry-After': '1' });
    }
  },
);

/** My devices. */
async function showSessions({ sub, session }: Caller) {
  const all = await sessions.of(sub);
  return { sessions: all.map((each) => ({ ...each, isThisOne: each.session === session })) };
}

/** Signs this device out: its token, and what its refresh token would get. */
async function logOut({ sub, session, iss }: Caller, event: APIGatewayProxyEvent) {
  const refreshToken = refreshTokenOf(event);
  if (refreshToken !== undefined) await revokeRefreshToken(refreshToken);
  const change = { reason: 'signed out', actor: sub };
  const { effectiveFrom } = await revocations.revokeSession({ issuer: iss, session }, change);
  await sessions.forget(sub, session);
  return { effectiveFrom };
}

/**
 * Signs all other devices out, and leaves this one alone.
 *
 * Session by session: a cut-off for the whole person would hit this device too, or, set before its token, spare every
 * device that refreshed later. It is made in addition, for sessions that have never called and are not known.
 */
async function logOutOthers({ sub, session, iss, issuedAt }: Caller) {
  const change = { reason: 'signed out from another device', actor: sub };
  await revocations.revokeSubject({ issuer: iss, subject: sub }, { ...change, before: Number(issuedAt) - 1 });
  const others = (await sessions.of(sub)).filter((each) => each.session !== session);
  await Promise.all(
    others.map(async (other) => {
      await revocations.revokeSession({ issuer: iss, session: other.session }, change);
      await sessions.forget(sub, other.session); // only now: whoever repeats this finds what is left
    }),
  );
  return { signedOut: others.length };
}

/** Signs every device out. At Cognito first: a refresh between the two would get a token that is younger than the cut-off. */
async function logOutEverywhere({ sub, iss }: Caller, event: APIGatewayProxyEvent) {
  await signOutOfCognito(bearerOf(event));
  const change = { reason: 'signed out everywhere', actor: sub };
  const { safeSignInFrom } = await revocations.revokeSubject({ issuer: iss, subject: sub }, change);
  const all = await sessions.of(sub);
  await Promise.all(all.map(({ session }) => sessions.forget(sub, session)));
  return { safeSignInFrom };
}

function refreshTokenOf({ body }: APIGatewayProxyEvent): string | undefined {
  const { refreshToken } = Object(JSON.parse(body || '{}'));
  return typeof refreshToken === 'string' ? refreshToken : undefined;
}

function bearerOf({ headers }: APIGatewayProxyEvent): string {
  const [, value = ''] = Object.entries(headers).find(([name]) => /^authorization$/i.test(name)) ?? [];
  return value.replace(/^bearer +/i, '');
}

function answer(statusCode: number, body: unknown, headers = {}): APIGatewayProxyResult {
  return {
    statusCode,
    headers: {
      'Access-Control-Allow-Origin': process.env['PAGE'] ?? '',
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
