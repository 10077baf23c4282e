import { Aspects } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Acts once all of the application is there, and before dependencies and references are settled: as the aspects do.
 *
 * @param act  may change constructs, and make none
 */
export function beforeSynthesis(construct: Construct, act: () => void): void {
  Aspects.of(construct).add({
    visit: (node) => {
      if (node === construct) act();
    },
  });
}
