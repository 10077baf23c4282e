import { App } from 'aws-cdk-lib';
import { WebSocketStack } from './web-socket-stack.ts';

new WebSocketStack(new App(), 'ExampleWebSocket');
