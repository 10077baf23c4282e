/** Reads the ARN of the function out of an integration or authorizer URI, which may be that ARN; `''` without one. */
export function functionArnOf(uri: string | undefined): string {
  const inside = /\/functions\/(.+)\/invocations$/.exec(uri ?? '')?.[1];
  return inside ?? (/^arn:[^:]+:lambda:/.test(uri ?? '') ? (uri ?? '') : '');
}
