import { describe, expect, it } from '@jest/globals';
import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Deployment, LambdaIntegration, RestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer, logicalId, statementsOf } from './an-authorizer.ts';

const PARAMETER = 'AWS::SSM::Parameter';
const POLICY = 'AWS::IAM::Policy';
const CACHED = { resultsCacheTtl: Duration.minutes(5) };

function addApi(scope: Stack, authorizer: RevocableAuthorizer): RestApi {
  const api = new RestApi(scope, 'Api');
  api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
  return api;
}

/** The path below which the admin function looks for APIs. */
function registryPath(template: Template): string {
  const [admin] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Timeout: 30 } }),
  );
  return JSON.parse(admin?.['Properties'].Environment.Variables.REVOCABLE_AUTHORIZER_RESULTS_CACHE)
    .registryPath;
}

describe('the registry of results caches', () => {
  it('does not exist without a cache', () => {
    const { stack, authorizer } = anAuthorizer();
    addApi(stack, authorizer);
    const template = Template.fromStack(stack);
    template.resourceCountIs(PARAMETER, 0);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 30,
      Environment: { Variables: { REVOCABLE_AUTHORIZER_RESULTS_CACHE: Match.absent() } },
    });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/ssm:GetParameters|apigateway:DELETE/);
  });

  it('notes an API with its stages where the admin function looks', () => {
    const { stack, authorizer } = anAuthorizer(CACHED);
    addApi(stack, authorizer);
    const template = Template.fromStack(stack);

    const path = registryPath(template);
    expect(path).toMatch(/^\/revocable-authorizer\/Orders\/c8[0-9a-f]+$/);
    template.hasResourceProperties(PARAMETER, {
      Name: Match.stringLikeRegexp(`^${path}/c8[0-9a-f]+$`),
      Value: {
        'Fn::Join': [
          '',
          [
            '{"kind":"rest","api":"',
            { Ref: logicalId(template, 'AWS::ApiGateway::RestApi', 'Api') },
            '","stages":["prod"]}',
          ],
        ],
      },
    });
  });

  it('lets the admin function flush these stages, read that path, and nothing else besides', () => {
    const { stack, authorizer } = anAuthorizer(CACHED);
    addApi(stack, authorizer);
    const template = Template.fromStack(stack);
    const api = { Ref: logicalId(template, 'AWS::ApiGateway::RestApi', 'Api') };

    const statements = statementsOf(template, 'AuthorizerRevocationsRole');
    expect(statements.filter(({ Action }) => /apigateway/.test(String(Action)))).toEqual([
      {
        Effect: 'Allow',
        Action: 'apigateway:DELETE',
        Resource: [
          {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':apigateway:',
                { Ref: 'AWS::Region' },
                '::/restapis/',
                api,
                '/stages/prod/cache/authorizers',
              ],
            ],
          },
        ],
      },
    ]);
    const [ssm, ...others] = statements.filter(({ Action }) => /ssm/.test(String(Action)));
    expect(others).toEqual([]);
    expect(ssm).toMatchObject({ Action: 'ssm:GetParametersByPath' });
    expect(JSON.stringify(ssm?.Resource)).toContain(`:parameter${registryPath(template)}"`);
    expect(JSON.stringify(statementsOf(template, 'AuthorizerFunctionRole'))).not.toMatch(/ssm|apigateway/);
  });

  it('serves an API in another stack, which depends on that of the authorizer and not the other way round', () => {
    const { app, stack, authorizer } = anAuthorizer(CACHED);
    const apiStack = new Stack(app, 'Api');
    addApi(apiStack, authorizer);
    const template = Template.fromStack(apiStack);

    template.resourceCountIs(PARAMETER, 1);
    template.hasResourceProperties(POLICY, {
      PolicyDocument: { Statement: [{ Action: 'apigateway:DELETE' }] },
      Roles: Match.anyValue(),
    });
    expect(apiStack.dependencies).toEqual([stack]);
    expect(stack.dependencies).toEqual([]);
    template.hasResourceProperties(PARAMETER, {
      Name: Match.stringLikeRegexp(`^${registryPath(Template.fromStack(stack))}/`),
    });
  });

  it('makes no circle with a logout function behind the API that may revoke', () => {
    const { stack, authorizer } = anAuthorizer(CACHED);
    const logout = new LambdaFunction(stack, 'Logout', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {};'),
      environment: { ADMIN: authorizer.revocationsFunction.functionName },
    });
    authorizer.grantRevoke(logout);
    const api = addApi(stack, authorizer);
    api.root.addMethod('POST', new LambdaIntegration(logout), { authorizer: authorizer.forRestApi() });
    expect(() => Template.fromStack(stack)).not.toThrow(); // which looks for circles
  });

  it('notes every stage of the application, and one that is defined in another stack', () => {
    const { app, stack, authorizer } = anAuthorizer(CACHED);
    const api = new RestApi(stack, 'Api', { deploy: false });
    api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    const stages = new Stack(app, 'Stages');
    const deployment = new Deployment(stages, 'Deployment', { api });
    for (const stageName of ['blue', 'green']) new Stage(stages, stageName, { deployment, stageName });

    expect(JSON.stringify(Template.fromStack(stack).findResources(PARAMETER))).toContain(
      '\\"stages\\":[\\"blue\\",\\"green\\"]',
    );
  });

  it('has a path in a nested stack too', () => {
    const parent = new Stack(new App(), 'Parent');
    const nested = new NestedStack(parent, 'Nested');
    const authorizer = new RevocableAuthorizer(nested, 'Authorizer', { issuers: [anIssuer()], ...CACHED });
    addApi(nested, authorizer);
    expect(registryPath(Template.fromStack(nested))).toMatch(/^\/revocable-authorizer\/Parent\/c8/);
  });

  it('refuses an API without a stage', () => {
    const { app, stack, authorizer } = anAuthorizer(CACHED);
    const api = new RestApi(stack, 'Api', { deploy: false });
    api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    expect(() => app.synth()).toThrow(
      'this application defines no stage of the API, so revocations cannot flush its cache; define the stage here, or give resultsCacheTtl: Duration.seconds(0).',
    );
  });
});
