// A stage serves what was last deployed to it: without a new deployment, a changed authorizer never reaches its callers.
import { Lazy, Stack } from 'aws-cdk-lib';
import type { IRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnDeployment, Deployment } from 'aws-cdk-lib/aws-apigateway';
import { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { beforeSynthesis } from './before-synthesis.ts';
import { warn } from './warn.ts';

/**
 * Makes settings of a REST API part of the logical id of each of its deployments, so that changed settings are deployed.
 * CDK itself does that for authorizers only under a feature flag, and only for the deployment that `RestApi` makes.
 *
 * @param construct  what has the settings, in the stack of the API; it is deployed first
 * @param settings  reads them at synthesis, when nothing changes them any more
 */
export function redeployOnChange(construct: Construct, restApi: IRestApi, settings: () => unknown): void {
  beforeSynthesis(construct, () => {
    for (const deployment of changeableDeployments(construct, restApi)) {
      deployment.node.addDependency(construct);
      deployment.addToLogicalId(Lazy.any({ produce: settings }));
    }
  });
}

/** Warns of the deployments of a REST API that {@link redeployOnChange} does not reach. */
export function warnOfOtherDeployments(construct: Construct, restApi: IRestApi): void {
  beforeSynthesis(construct, () => {
    const changeable = changeableDeployments(construct, restApi);
    const others = construct.node.root.node
      .findAll()
      .filter((node) => CfnDeployment.isCfnDeployment(node) && node.restApiId === restApi.restApiId)
      .filter((node) => !changeable.some((deployment) => deployment === node.node.scope));
    if (others.length > 0) warnOf(construct, `The deployment ${others[0]?.node.path}`);
    else if (changeable.length === 0)
      warnOf(construct, 'A deployment of the API outside of this application');
  });
}

/** Warns of the stages of an HTTP or WebSocket API that do not deploy changes by themselves. */
export function warnOfManualStages(construct: Construct, apiId: string): void {
  beforeSynthesis(construct, () => {
    const manual = construct.node.root.node
      .findAll()
      .find((node) => CfnStage.isCfnStage(node) && node.apiId === apiId && node.autoDeploy !== true);
    if (manual) warnOf(construct, `The stage ${manual.node.path}, without autoDeploy,`);
  });
}

function warnOf(construct: Construct, what: string): void {
  warn(
    construct,
    'deployment',
    `${what} is not replaced when the authorizer changes: its stage keeps the results cache, identity sources, function and denial responses that it was deployed with; deploy the API again after every change to them.`,
  );
}

/** Those of this application that may wait for the construct without a circle of stacks. */
function changeableDeployments(construct: Construct, restApi: IRestApi): readonly Deployment[] {
  return construct.node.root.node.findAll().filter(
    (node): node is Deployment =>
      node instanceof Deployment &&
      node.api.restApiId === restApi.restApiId &&
      // The stack of a deployment of this very API depends on that of the API anyhow.
      (node.api === restApi || node.stack === Stack.of(construct)),
  );
}
