/** Tells whether a claim counts as missing: some issuers write null or an empty text for nothing. */
export function isAbsent(claim: unknown): boolean {
  return claim === undefined || claim === null || claim === '';
}
