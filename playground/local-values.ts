import { hash } from 'node:crypto';
import type { Lookup } from './resolve-intrinsics.ts';
import { resolveIntrinsics } from './resolve-intrinsics.ts';
import type { Resource, Template } from './template.ts';

/** Where the local mode pretends to be deployed. */
export const LOCAL = { partition: 'aws', region: 'us-east-1', accountId: '123456789012' } as const;

const PSEUDO_PARAMETERS: Readonly<Record<string, unknown>> = {
  'AWS::AccountId': LOCAL.accountId,
  'AWS::NoValue': undefined,
  'AWS::Partition': LOCAL.partition,
  'AWS::Region': LOCAL.region,
  'AWS::StackId': `arn:aws:cloudformation:${LOCAL.region}:${LOCAL.accountId}:stack/local/00000000-0000-0000-0000-000000000000`,
  'AWS::StackName': 'local',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Which property holds the physical name of a resource when its owner gave one. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::ApiGatewayV2::Stage': 'StageName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
};

/** Resources whose `Ref` stays the logical id, because only the template itself refers to them. */
const INTERNAL = /^AWS::ApiGateway(V2)?::(?!Stage)/;

const APIS = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'];

/**
 * Answers `Ref` and `Fn::GetAtt` with the values that the resources have in the local mode.
 *
 * @param issuerUrl the local issuer, which stands in for the first Cognito user pool of the template
 */
export function localValues(template: Template, issuerUrl: string): Lookup {
  const pools = template.resources('AWS::Cognito::UserPool');

  const lookup: Lookup = {
    ref(logicalId) {
      if (Object.hasOwn(PSEUDO_PARAMETERS, logicalId)) return PSEUDO_PARAMETERS[logicalId];
      const resource = template.resource(logicalId);
      if (!resource) return template.parameter(logicalId) ?? logicalId;
      return physicalName(resource);
    },
    getAtt(logicalId, attribute) {
      const resource = template.resource(logicalId);
      if (!resource)
        throw new Error(`Fn::GetAtt names the resource ${logicalId}, which the template does not have.`);
      if (resource.type === 'AWS::Cognito::UserPool' && attribute.startsWith('Provider')) {
        const url = resource === pools[0] ? issuerUrl : `${issuerUrl}/${resource.localName}`;
        return attribute === 'ProviderURL' ? url : url.replace(/^https?:\/\//, '');
      }
      if (attribute === 'Arn') return arnOf(resource);
      return `${logicalId}.${attribute}`;
    },
  };

  function physicalName(resource: Resource): string {
    if (APIS.includes(resource.type)) return apiId(resource.logicalId);
    if (INTERNAL.test(resource.type)) return resource.logicalId;
    const given = resource.rawProperties[NAME_PROPERTIES[resource.type] ?? ''];
    return given === undefined ? resource.localName : String(resolveIntrinsics(given, lookup));
  }

  function arnOf(resource: Resource): string {
    const [, service = '', kind = ''] = resource.type.split('::').map((part) => part.toLowerCase());
    const prefix = `arn:${LOCAL.partition}:${service}:${LOCAL.region}:${LOCAL.accountId}`;
    if (service === 'lambda') return `${prefix}:function:${physicalName(resource)}`;
    return `${prefix}:${kind === 'globaltable' ? 'table' : kind}/${physicalName(resource)}`;
  }

  return lookup;
}

/** Returns ten lower-case letters and digits, as the id of an API has on AWS; the same at each start. */
function apiId(logicalId: string): string {
  return hash('sha256', logicalId).slice(0, 10);
}
