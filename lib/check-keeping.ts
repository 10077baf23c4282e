import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { checkOption } from './check-option.ts';
import type { RevocationTableProps } from './revocation-table.ts';

/** Checks how long the table and the logs are kept: `deletionProtection: 'false'` would mean true. */
export function checkKeeping(
  what: string,
  options: Omit<RevocationTableProps, 'encryptionKey'> & { readonly logRetention?: RetentionDays },
): void {
  for (const option of ['deletionProtection', 'pointInTimeRecovery'] as const) {
    checkOption(what, option, options[option], isBoolean, 'give true or false.');
  }
  checkOption(
    what,
    'removalPolicy',
    options.removalPolicy,
    (value) =>
      [RemovalPolicy.RETAIN, RemovalPolicy.DESTROY, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE].some(
        (policy) => policy === value,
      ),
    'give RemovalPolicy.RETAIN or RemovalPolicy.DESTROY.',
  );
  checkOption(
    what,
    'logRetention',
    options.logRetention,
    (value) => typeof value === 'number' && value in RetentionDays,
    'give a RetentionDays, such as RetentionDays.ONE_YEAR.',
  );
}

export function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}
