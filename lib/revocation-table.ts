import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { TABLE } from '../lambda/environment.ts';

/** How the revocation table is kept. */
export interface RevocationTableProps {
  /**
   * What becomes of the table when it leaves the stack.
   *
   * @default - RemovalPolicy.RETAIN: without its records, revoked tokens would be good again
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether DynamoDB refuses to delete the table.
   *
   * @default - true
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether the table can be restored to any second of the last 35 days.
   *
   * @default - true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * The key that encrypts the table. The stack must have a region then.
   *
   * @default - the key that AWS manages for DynamoDB in the account
   */
  readonly encryptionKey?: IKey;
}

/** The table of revocations, on demand, and who may do what with it. */
export class RevocationTable extends TableV2 {
  constructor(scope: Construct, id: string, props: RevocationTableProps = {}) {
    const { encryptionKey } = props;
    if (encryptionKey && Token.isUnresolved(Stack.of(scope).region)) {
      throw new Error(
        `RevocableAuthorizer: option "encryptionKey" cannot be used in a stack without a region, because a key belongs to one; give the stack one: env: { region: 'eu-west-1' }.`,
      );
    }
    super(scope, id, {
      partitionKey: { name: TABLE.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE.timeToLiveAttribute,
      globalSecondaryIndexes: [
        {
          indexName: TABLE.listing.indexName,
          partitionKey: { name: TABLE.listing.partitionKey, type: AttributeType.STRING },
          sortKey: { name: TABLE.listing.sortKey, type: AttributeType.NUMBER },
        },
      ],
      billing: Billing.onDemand(),
      encryption: encryptionKey
        ? TableEncryptionV2.customerManagedKey(encryptionKey)
        : TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery ?? true },
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  /** Lets the authorizer look revocations up, and nothing else. */
  grantCheck(grantee: IGrantable): void {
    this.#allow(grantee, this.tableArn, 'dynamodb:BatchGetItem');
    this.encryptionKey?.grant(grantee, 'kms:Decrypt', 'kms:DescribeKey');
  }

  /** Lets the admin function read and write revocations. Does NOT let it delete any. */
  grantAdminister(grantee: IGrantable): void {
    const index = `${this.tableArn}/index/${TABLE.listing.indexName}`;
    this.#allow(grantee, this.tableArn, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query');
    this.#allow(grantee, index, 'dynamodb:Query', 'dynamodb:Scan');
    this.encryptionKey?.grantEncryptDecrypt(grantee);
    this.encryptionKey?.grant(grantee, 'kms:DescribeKey');
  }

  /** TableV2's own `grant` adds every index to whatever is granted. */
  #allow(grantee: IGrantable, resourceArn: string, ...actions: string[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [resourceArn] });
  }
}
