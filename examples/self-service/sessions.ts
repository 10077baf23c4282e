import { DeleteItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';

/** A sign-in on a device, as its owner sees it. */
export interface Session {
  readonly session: string;
  readonly device: string;
  /** NumericDate. */
  readonly lastSeenAt: number;
}

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** Which devices somebody is signed in on. The authorizer knows none of them: it only knows what is revoked. */
export class Sessions {
  readonly #tableName: string;
  readonly #client = new DynamoDBClient({});

  constructor(tableName: string) {
    this.#tableName = tableName;
  }

  async remember(subject: string, session: string, device: string): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#tableName,
        Item: {
          subject: { S: subject },
          session: { S: session },
          device: { S: device.slice(0, 256) },
          lastSeenAt: { N: String(now) },
          expiresAt: { N: String(now + LIFETIME_SECONDS) },
        },
      }),
    );
  }

  /** All of them, the latest write included. */
  async of(subject: string): Promise<readonly Session[]> {
    const found: Session[] = [];
    let next: Record<string, { S: string }> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          KeyConditionExpression: 'subject = :subject',
          ExpressionAttributeValues: { ':subject': { S: subject } },
          ConsistentRead: true,
          ...(next && { ExclusiveStartKey: next }),
        }),
      );
      for (const { session, device, lastSeenAt } of page.Items ?? []) {
        found.push({
          session: session?.S ?? '',
          device: device?.S ?? 'unknown',
          lastSeenAt: Number(lastSeenAt?.N),
        });
      }
      next = page.LastEvaluatedKey as typeof next;
    } while (next);
    return found;
  }

  async forget(subject: string, session: string): Promise<void> {
    const Key = { subject: { S: subject }, session: { S: session } };
    await this.#client.send(new DeleteItemCommand({ TableName: this.#tableName, Key }));
  }
}
