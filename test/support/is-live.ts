/** Tells whether an authorizer allows a token. Throws what is neither an allow nor a denial. */
export function isLive(authorizer: (event: unknown) => Promise<unknown>, token: string): Promise<boolean> {
  return authorizer({
    type: 'TOKEN',
    authorizationToken: `Bearer ${token}`,
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders',
  }).then(
    () => true,
    (error: Error) => {
      if (error.message !== 'Unauthorized') throw error;
      return false;
    },
  );
}
