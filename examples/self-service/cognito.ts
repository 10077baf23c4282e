// Two operations of Cognito that a user's own tokens authorize: the function needs no rights in IAM for them, and no SDK.

/** Cognito did not confirm; it is safe to try again. */
export class CognitoNotConfirmed extends Error {
  constructor(options?: ErrorOptions) {
    super('Cognito did not confirm.', options);
    this.name = 'CognitoNotConfirmed';
  }
}

/**
 * Revokes one refresh token, and with it what Cognito itself accepts of its sign-in. The app client must be public;
 * one with a secret has to send it too. A refresh token that Cognito does not take is nothing to worry about.
 *
 * @throws {CognitoNotConfirmed}
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html
 */
export async function revokeRefreshToken(refreshToken: string): Promise<void> {
  await call('RevokeToken', { Token: refreshToken, ClientId: process.env['CLIENT_ID'] });
}

/**
 * Ends all sign-ins of a user: no refresh token gets a new access token any more. The access token must have the scope
 * `aws.cognito.signin.user.admin`, as those of SRP and password sign-ins have; for others, and for an administrator,
 * there is AdminUserGlobalSignOut, which wants the right to it in IAM.
 *
 * @throws {CognitoNotConfirmed}
 * @throws {Error}  the access token may not do that
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
 */
export async function signOutOfCognito(accessToken: string): Promise<void> {
  const refusal = await call('GlobalSignOut', { AccessToken: accessToken });
  // Whoever repeats a sign-out that was not confirmed here has already signed out there.
  if (refusal !== undefined && !/has been revoked/.test(refusal)) {
    throw new Error(`Cognito refuses to sign the user out: ${refusal}`);
  }
}

/** @returns why Cognito refuses, or undefined */
async function call(operation: string, input: object): Promise<string | undefined> {
  const region = process.env['AWS_REGION'];
  const endpoint =
    process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] ??
    `https://cognito-idp.${region}.amazonaws.com`;
  let status: number;
  let refusal: { __type?: string; message?: string };
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(5000),
    });
    if (response.ok) return undefined;
    status = response.status;
    refusal = (await response.json()) as typeof refusal;
  } catch (cause) {
    throw new CognitoNotConfirmed({ cause });
  }
  if (status >= 500 || refusal.__type === 'TooManyRequestsException') throw new CognitoNotConfirmed();
  return `${refusal.__type}: ${refusal.message}`;
}
