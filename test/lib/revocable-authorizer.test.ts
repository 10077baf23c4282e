import { describe, expect, it, test } from '@jest/globals';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Issuer } from '../../lib/issuer.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer, logicalId, statementsOf } from './an-authorizer.ts';

const FUNCTION = 'AWS::Lambda::Function';

describe('RevocableAuthorizer', () => {
  test.each([
    ['AuthorizerFunction', 5],
    ['AuthorizerRevocations', 30],
  ])('makes %s of its own bundle, with a log group and a role of its own', (prefix, timeoutSeconds) => {
    const template = Template.fromStack(anAuthorizer().stack);
    template.hasResourceProperties(FUNCTION, {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: timeoutSeconds,
      LoggingConfig: { LogGroup: { Ref: logicalId(template, 'AWS::Logs::LogGroup', `${prefix}Logs`) } },
      Role: { 'Fn::GetAtt': [logicalId(template, 'AWS::IAM::Role', `${prefix}Role`), 'Arn'] },
    });
  });

  it('gives the two functions different code', () => {
    const code = Object.values(Template.fromStack(anAuthorizer().stack).findResources(FUNCTION)).map(
      ({ Properties }) => Properties.Code.S3Key,
    );
    expect(new Set(code).size).toBe(2);
  });

  test.each([
    ['AuthorizerFunction', ['dynamodb']],
    ['AuthorizerRevocations', ['dynamodb', 'dynamodb', 'logs']],
  ])('lets %s write to its own log group, and beyond that use %j alone', (prefix, services) => {
    const template = Template.fromStack(anAuthorizer().stack);
    const statements = statementsOf(template, `${prefix}Role`);
    expect(statements.slice(1).map(({ Action }) => [Action].flat()[0]?.split(':')[0])).toEqual(services);
    expect(statements[0]).toEqual({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::GetAtt': [logicalId(template, 'AWS::Logs::LogGroup', `${prefix}Logs`), 'Arn'] },
    });
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  it("lets the admin function search the authorizer's log, and no other", () => {
    const template = Template.fromStack(anAuthorizer().stack);
    const logs = logicalId(template, 'AWS::Logs::LogGroup', 'AuthorizerFunctionLogs');
    const { Action, Resource } = statementsOf(template, 'AuthorizerRevocationsRole').at(-1) ?? {};

    expect(Action).toBe('logs:FilterLogEvents');
    for (const resource of [Resource].flat()) expect(JSON.stringify(resource)).toContain(logs);
  });

  test.each<[string, Partial<RevocableAuthorizerProps>, string | undefined]>([
    ['no results cache', { resultsCacheTtl: Duration.seconds(0) }, undefined],
    ['one', { resultsCacheTtl: Duration.seconds(1) }, '1'],
    ['one elsewhere', { externalResultsCacheTtl: Duration.minutes(5) }, '1'],
  ])('tells the authorizer whether there is a results cache: %s', (_what, props, told) => {
    const { stack } = anAuthorizer(props);
    const [first, second] = Object.values(Template.fromStack(stack).findResources(FUNCTION)).map(
      ({ Properties }) => Properties.Environment.Variables.REVOCABLE_AUTHORIZER_HAS_RESULTS_CACHE,
    );
    expect([first, second]).toEqual([told, undefined]);
  });

  it('tells both functions the issuers and the table, and nothing else', () => {
    const { stack } = anAuthorizer();
    const template = Template.fromStack(stack);
    const [first, second] = Object.values(template.findResources(FUNCTION)).map(
      ({ Properties }) => Properties.Environment.Variables,
    );
    const common = {
      REVOCABLE_AUTHORIZER_ISSUERS: JSON.stringify([anIssuer().settings]),
      REVOCABLE_AUTHORIZER_TABLE_NAME: {
        Ref: logicalId(template, 'AWS::DynamoDB::GlobalTable', 'AuthorizerTable'),
      },
    };
    expect(first).toEqual({
      ...common,
      REVOCABLE_AUTHORIZER_DENIAL_DETAIL: 'generic',
      REVOCABLE_AUTHORIZER_LOOK_UP: '{}',
    });
    expect(second).toEqual({
      ...common,
      REVOCABLE_AUTHORIZER_LOG_GROUP_NAME: {
        Ref: logicalId(template, 'AWS::Logs::LogGroup', 'AuthorizerFunctionLogs'),
      },
      REVOCABLE_AUTHORIZER_WORST_CASE_SECONDS: JSON.stringify({
        token: 0,
        session: 0,
        subject: 0,
        client: 1,
        key: 1,
        issuer: 1,
        claim: 1,
      }),
    });
  });

  it('tells the functions an issuer that is known only at deployment', () => {
    const { stack } = anAuthorizer();
    const pool = new UserPool(stack, 'Pool');
    new RevocableAuthorizer(stack, 'Second', { issuers: [Issuer.cognitoUserPool(pool, { clients: null })] });
    const template = Template.fromStack(stack);
    const url = { 'Fn::GetAtt': [logicalId(template, 'AWS::Cognito::UserPool', 'Pool'), 'ProviderURL'] };
    const function_ = logicalId(template, FUNCTION, 'SecondFunction');
    const issuers = template.findResources(FUNCTION)[function_]?.['Properties'].Environment.Variables
      .REVOCABLE_AUTHORIZER_ISSUERS as { 'Fn::Join': [string, unknown[]] };
    const [separator, parts] = issuers['Fn::Join'];
    expect(parts.filter((part) => typeof part !== 'string')).toEqual([url, url, url]);
    const json = parts.map((part) => (typeof part === 'string' ? part : '<url>')).join(separator);
    expect(JSON.parse(json)).toEqual([
      {
        kind: 'cognito',
        id: '<url>',
        issuers: ['<url>'],
        jwksUri: '<url>/.well-known/jwks.json',
        audience: null,
      },
    ]);
  });

  it('tells the authorizer how much a refusal may tell', () => {
    Template.fromStack(anAuthorizer({ denialDetail: 'reason' }).stack).hasResourceProperties(FUNCTION, {
      Environment: { Variables: Match.objectLike({ REVOCABLE_AUTHORIZER_DENIAL_DETAIL: 'reason' }) },
    });
  });

  it('keeps the logs for three months and beyond the stack, or as told', () => {
    const LOGS = 'AWS::Logs::LogGroup';
    Template.fromStack(anAuthorizer().stack).allResources(LOGS, {
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 90 },
    });
    const { stack } = anAuthorizer({
      removalPolicy: RemovalPolicy.DESTROY,
      logRetention: RetentionDays.ONE_YEAR,
    });
    Template.fromStack(stack).allResources(LOGS, {
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 365 },
    });
  });

  it('grants to revoke by invoking the admin function, and nothing else', () => {
    const { stack, authorizer } = anAuthorizer();
    const role = new Role(stack, 'Logout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    authorizer.grantRevoke(role);
    const template = Template.fromStack(stack);
    const arn = { 'Fn::GetAtt': [logicalId(template, FUNCTION, 'AuthorizerRevocations'), 'Arn'] };
    expect(statementsOf(template, 'Logout')).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [arn, { 'Fn::Join': ['', [arn, ':*']] }],
      },
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a misspelled option', { resultCacheTtl: Duration.seconds(0) }, 'there is no option "resultCacheTtl"'],
    [
      'a cache of more than an hour',
      { resultsCacheTtl: Duration.minutes(61) },
      '"resultsCacheTtl" is 3660 seconds',
    ],
    [
      'a cache without unit',
      { resultsCacheTtl: 300 },
      '"resultsCacheTtl" is 300; give a Duration of whole seconds',
    ],
    [
      'a detail that does not exist',
      { denialDetail: 'full' },
      'option "denialDetail" is "full"; give "generic" or "reason".',
    ],
    ['no issuers', { issuers: undefined }, 'Option "issuers" is nothing; give at least one of'],
  ])('refuses %s', (_what, props, message) => {
    expect(() => anAuthorizer(props as Partial<RevocableAuthorizerProps>)).toThrow(message);
  });

  const TWO_ISSUERS = [
    anIssuer(),
    Issuer.oidc('https://partner.example.com/', { id: 'partner', audience: 'orders' }),
  ];

  it('asks for the issuers of each rule where it trusts several', () => {
    const rule = { scopes: ['orders:read'] };
    const make = (props: Partial<RevocableAuthorizerProps>) => () =>
      anAuthorizer({ issuers: TWO_ISSUERS, ...props });

    expect(make({ routes: { 'GET /a': rule } })).toThrow(
      'RevocableAuthorizer "Authorizer": option "routes": "GET /a" names no issuer, and there are several ("https://idp.example.com/", "partner")',
    );
    expect(make({ routes: { 'GET /a': { ...rule, issuers: ['partners'] } } })).toThrow(
      '"issuers" holds "partners", which is not the id of a trusted issuer',
    );
    const sound: Partial<RevocableAuthorizerProps>[] = [
      { routes: { 'GET /a': { ...rule, issuers: ['partner'] } } },
      { routes: { 'GET /a': rule }, routesIssuers: ['https://idp.example.com/'] },
      { routes: { 'GET /a': 'any', 'GET /b': 'nobody' } },
    ];
    for (const props of sound) expect(make(props)).not.toThrow();
  });

  it('tells the authorizer the issuers of the rules', () => {
    const { stack } = anAuthorizer({
      issuers: TWO_ISSUERS,
      routes: { 'GET /a': { scopes: ['a'], issuers: ['partner'] }, 'GET /b': { scopes: ['b'] } },
      routesIssuers: ['https://idp.example.com/'],
    });
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      Environment: {
        Variables: Match.objectLike({
          REVOCABLE_AUTHORIZER_ROUTES: JSON.stringify({
            issuers: ['https://idp.example.com/'],
            rules: [
              { route: 'GET /a', scopes: ['a'], issuers: ['partner'] },
              { route: 'GET /b', scopes: ['b'] },
            ],
          }),
        }),
      },
    });
  });

  it('takes the URL of a user pool of the application for the id of an issuer', () => {
    const { stack } = anAuthorizer();
    const pool = new UserPool(stack, 'Pool');
    const make = (id: string, issuers?: readonly string[]) => () =>
      new RevocableAuthorizer(stack, id, {
        issuers: [anIssuer(), Issuer.cognitoUserPool(pool, { clients: null })],
        routes: { 'GET /a': { scopes: ['a'], ...(issuers && { issuers }) } },
      });

    expect(make('First', [pool.userPoolProviderUrl])).not.toThrow();
    expect(make('Second')).toThrow(
      'there are several ("https://idp.example.com/", one that is known only at deployment, such as pool.userPoolProviderUrl), whose',
    );
  });

  it('tells reasons beside a results cache of routes, because each response is about one route', () => {
    expect(() =>
      anAuthorizer({
        routes: { 'GET /': 'any' },
        denialDetail: 'reason',
        resultsCacheTtl: Duration.minutes(5),
      }),
    ).not.toThrow();
  });

  it('has no option for exact routes, because routes are always exact', () => {
    const props = { routes: { 'GET /': 'any' }, exactRoutes: true } as Partial<RevocableAuthorizerProps>;
    expect(() => anAuthorizer(props)).toThrow('there is no option "exactRoutes"');
  });
});
