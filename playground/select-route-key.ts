import { lookUp } from './request-variables.ts';

const VARIABLE = /\$\{request\.body\.([\w.-]+)\}|^\$request\.body\.([\w.-]+)$/g;

/**
 * Parses the route selection expression of a WebSocket API.
 *
 * @param expression `$request.body.action`, or any text with `${request.body.action}` in it
 * @returns the function that evaluates it for a message; the result is empty when the message is no JSON
 * @throws {Error} when there is no such variable in the expression
 */
export function parseSelectionExpression(expression: string): (message: string) => string {
  const text = expression.replaceAll('\\$', '$');
  if (text.match(VARIABLE) === null) {
    throw new Error(
      `The route selection expression "${expression}" has none of the variables that the local gateway knows, such as $request.body.action.`,
    );
  }
  return (message) => {
    const body = parseJson(message);
    if (body === undefined) return '';
    return text.replaceAll(VARIABLE, (_whole, wrapped?: string, bare?: string) => {
      const value = lookUp(body, (wrapped ?? bare ?? '').split('.'));
      if (value === undefined || value === null) return '';
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    });
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
