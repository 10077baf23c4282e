import { defineConfig } from './lib/index.ts';

// As cloned: a Cognito user pool, a client and a small REST API to try the authorizer on. For your own issuers,
// import Issuer beside defineConfig, and write instead:
//
// export default defineConfig({
//   issuers: [
//     Issuer.cognitoUserPoolId('eu-west-1_a1B2c3D4e', { clientIds: ['1example23456789'] }),
//     Issuer.oidc('https://idp.example.com/', { audience: 'orders' }),
//   ],
// });
export default defineConfig({ demo: true });
