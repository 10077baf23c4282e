import type { IssuerSettings } from '../../lambda/environment.ts';
import type { Credentials } from './cases.ts';

/** The issuer of the local mode, which both gateways trust for the comparison. */
export class Minter {
  readonly #issuer: string;

  constructor(origin: string) {
    this.#issuer = `${origin}/issuer`;
  }

  /** Mints a token; see playground/README.md for the body. */
  async mint(body: object = {}): Promise<string> {
    const response = await fetch(`${this.#issuer}/token`, {
      method: 'POST',
      headers: { accept: 'text/plain', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`The local issuer refused ${JSON.stringify(body)}: ${await response.text()}`);
    return response.text();
  }

  /** Returns the settings, in JSON, with which a deployment trusts this issuer in the role of the stack's user pool. */
  async issuerSettings(): Promise<string> {
    const [, payload = ''] = (await this.mint()).split('.');
    const { iss, client_id: clientId } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const settings: IssuerSettings = {
      kind: 'cognito',
      id: iss,
      issuers: [iss],
      jwksUri: `${this.#issuer}/.well-known/jwks.json`,
      audience: [clientId],
    };
    return JSON.stringify([settings]);
  }

  /** Returns the value of the Authorization header; `undefined`: no header. */
  async headerOf(credentials: Credentials): Promise<string | undefined> {
    const bearer = async (body?: object) => `Bearer ${await this.mint(body)}`;
    switch (credentials) {
      case 'a live token':
      case 'a revoked token':
        return bearer();
      case 'a live token behind bearer in lower case':
        return `bearer ${await this.mint()}`;
      case 'none':
        return undefined;
      case 'an empty header':
        return '';
      case 'the scheme alone':
        return 'Bearer';
      case 'another scheme':
        return 'Basic YWxpY2U6c2VjcmV0';
      case 'garbage':
        return 'Bearer garbage';
      case 'two tokens':
        return `Bearer ${await this.mint()}, ${await bearer()}`;
      case 'an expired token':
        return bearer({ expiresIn: -60 });
      case 'a token with a wrong signature':
        return bearer({ sign: 'bad' });
      case 'a token of an unknown key':
        return bearer({ sign: 'unknown' });
      case 'a token without a signature':
        return bearer({ sign: 'none' });
      case 'a token of a foreign issuer':
        return bearer({ claims: { iss: 'https://issuer.example.com/' } });
      case 'a token for another client':
        return bearer({ claims: { client_id: 'somebody-else' } });
      case 'a token without jti':
        return bearer({ claims: { jti: null } });
      case 'a token of a revoked subject':
        return bearer({ claims: { sub: 'mallory' } });
    }
  }
}
