// What an owner writes in JavaScript, or in TypeScript whose types nobody checks.
import { describe, expect, it, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer } from './an-authorizer.ts';

const APIS = {
  'a REST method': ({ stack }, given) => {
    new RestApi(stack, 'Api', { cloudWatchRole: false }).root.addMethod('GET', undefined, {
      authorizer: given,
    });
  },
  'a REST API by default': ({ stack }, given) => {
    const api = new RestApi(stack, 'Api', {
      cloudWatchRole: false,
      defaultMethodOptions: { authorizer: given },
    });
    api.root.addResource('orders').addMethod('GET');
  },
  'an HTTP route': ({ stack }, given) => {
    new HttpApi(stack, 'Api').addRoutes({
      path: '/orders',
      integration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
      authorizer: given,
    });
  },
  'an HTTP API by default': ({ stack }, given) => {
    new HttpApi(stack, 'Api', { defaultAuthorizer: given }).addRoutes({
      path: '/orders',
      integration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
    });
  },
  'a WebSocket API': ({ stack }, given) => {
    new WebSocketApi(stack, 'Api', {
      connectRouteOptions: {
        integration: new WebSocketMockIntegration('Connect'),
        returnResponse: true,
        authorizer: given,
      },
    });
  },
};

const REST =
  /^Error: Option "authorizer" of a REST method is .+; give authorizer\.forRestApi\(\) or authorizer\.forRestApiRequest\(\)\.$/;
const HTTP = /^Error: Option "authorizer" of an HTTP route is .+; give authorizer\.forHttpApi\(\)\.$/;
const WEB_SOCKET =
  /^Error: Option "authorizer" of a WebSocket route is .+; give authorizer\.forWebSocketApi\(\)\.$/;

const MISTAKES = {
  'the construct itself': (authorizer) => authorizer,
  'forRestApi, which nobody called': (authorizer) => authorizer.forRestApi,
  'forRestApiRequest, which nobody called': (authorizer) => authorizer.forRestApiRequest,
  'forHttpApi, which nobody called': (authorizer) => authorizer.forHttpApi,
  'forWebSocketApi, which nobody called': (authorizer) => authorizer.forWebSocketApi,
  'the function that decides': (authorizer) => authorizer.authorizerFunction,
  'what REST APIs take': (authorizer) => authorizer.forRestApi(),
  'what HTTP APIs take': (authorizer) => authorizer.forHttpApi(),
  'what WebSocket APIs take': (authorizer) => authorizer.forWebSocketApi(),
};

const TAKES = {
  rest: 'what REST APIs take',
  http: 'what HTTP APIs take',
  webSocket: 'what WebSocket APIs take',
};

const cases = Object.keys(APIS).flatMap((api) => {
  const [expected, right] = api.includes('REST')
    ? [REST, TAKES.rest]
    : api.includes('HTTP')
      ? [HTTP, TAKES.http]
      : [WEB_SOCKET, TAKES.webSocket];
  return Object.keys(MISTAKES)
    .filter((mistake) => mistake !== right)
    .map((mistake) => [api, mistake, expected]);
});

function messageOf(act) {
  try {
    act();
  } catch (thrown) {
    return String(thrown);
  }
  return 'nothing was thrown';
}

describe('an API that is given the wrong authorizer', () => {
  test.each(cases)('%s that is given %s says which method to call', (api, mistake, expected) => {
    const made = anAuthorizer();
    expect(messageOf(() => APIS[api](made, MISTAKES[mistake](made.authorizer)))).toMatch(expected);
  });

  test.each(cases)(
    '%s says so of an authorizer that is deployed already, too: %s',
    (api, mistake, expected) => {
      const stack = new Stack(new App(), 'Reports');
      const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
        authorizerFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer',
      });
      expect(messageOf(() => APIS[api]({ stack }, MISTAKES[mistake](authorizer)))).toMatch(expected);
    },
  );

  it('takes a method that was bound, and called', () => {
    const { stack, authorizer } = anAuthorizer();
    const forRestApi = authorizer.forRestApi.bind(authorizer);
    expect(() => APIS['a REST method']({ stack }, forRestApi())).not.toThrow();
  });
});
