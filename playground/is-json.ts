/** For people: what to do about a body whose content type is not JSON. */
export const NOT_JSON = 'The content type of the body is not JSON; send Content-Type: application/json.';

/**
 * Returns whether a content type is JSON. The local mode reads no other body as JSON, because a web page can send text
 * and forms without a preflight request.
 */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/(json|x-amz-json-1\.[01])\s*(;|$)/i.test(contentType ?? '');
}
