import { Stack, Token } from 'aws-cdk-lib';
import { CfnStage as CfnRestStage } from 'aws-cdk-lib/aws-apigateway';
import { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';

/** The longest region, and the partition that it is in. */
const LONGEST = { partition: 'aws-iso-f', region: 'us-isof-south-1' };
/** A stage that is not seen has a name of at most 28 characters; API Gateway would take 128. */
const ASSUMED_CHARS = 96;

/**
 * Bounds the length of `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/`, which stands before every resource
 * of a policy, over the stages of an API in the whole application. Only known at synthesis.
 */
export function stageArnChars(root: Construct, apiId: string): number {
  const stages = root.node
    .findAll()
    .filter(
      (construct) =>
        (CfnRestStage.isCfnStage(construct) && construct.restApiId === apiId) ||
        (CfnStage.isCfnStage(construct) && construct.apiId === apiId),
    ) as (CfnRestStage | CfnStage)[];
  return stages.length === 0 ? ASSUMED_CHARS : Math.max(...stages.map(charsOf));
}

function charsOf(stage: CfnRestStage | CfnStage): number {
  const { stageName } = stage;
  if (stageName === undefined || Token.isUnresolved(stageName)) return ASSUMED_CHARS;
  const { region: known } = Stack.of(stage);
  const region = Token.isUnresolved(known) ? LONGEST.region : known;
  const { partition = LONGEST.partition } = RegionInfo.get(region);
  return `arn:${partition}:execute-api:${region}:123456789012:a1b2c3d4e5/${stageName}/`.length;
}
