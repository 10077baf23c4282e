import { Token } from 'aws-cdk-lib';
import { showValue } from './show-value.ts';

/**
 * Checks a URL that tokens are trusted by.
 *
 * Does NOT check a value that is known only at deployment.
 *
 * @param what  what the URL is, as the reader wrote it: `Issuer.oidc("http://idp"): the issuer`
 */
export function checkHttpsUrl(
  what: string,
  url: unknown,
  { allowsQuery }: { readonly allowsQuery: boolean },
): asserts url is string {
  const fault = findFault(url, allowsQuery);
  if (fault === undefined) return;
  throw new Error(
    `${what} is ${showValue(url)}, ${fault}; give the full https address, such as "https://idp.example.com/".`,
  );
}

function findFault(url: unknown, allowsQuery: boolean): string | undefined {
  if (typeof url !== 'string') return 'which is not a string';
  if (Token.isUnresolved(url)) return undefined;
  if (!URL.canParse(url) || /\s/.test(url)) return 'which is not a URL';
  // Tokens carry the issuer letter by letter, so that even an upper-case "HTTPS:" would never match.
  if (!url.startsWith('https://'))
    return 'which does not begin with https:// (anyone on the way could swap the keys)';
  if (url.includes('#')) return 'which has a fragment (#)';
  if (url.includes('?') && !allowsQuery) return 'which has a query (?)';
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') return 'which has a user name or password in it';
  return undefined;
}
