// The process in which scripts/measure-million.ts keeps its local DynamoDBs: one to a table, each with a LevelDB of its
// own on disk, so that neither the heap nor the look-ups of one grow with the records of another.
//
// When the parent ends, in whatever way, the channel to it closes, and the files go.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dynalite from 'dynalite';

process.once('disconnect', cleanUp);
// Ctrl-C in a shell is sent to this process too, which has to outlive its parent for a moment.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const directory = mkdtempSync(join(tmpdir(), 'measure-million-'));
const servers = Array.from({ length: Number(process.argv[2]) }, (_, index) =>
  dynalite({ createTableMs: 0, deleteTableMs: 0, path: join(directory, String(index)) }),
);
/** How long each request since the last report took in here, in milliseconds, by server. */
let timings: number[][] = servers.map(() => []);
for (const [index, server] of servers.entries()) {
  server.prependListener('request', (_request, response) => {
    const startedAt = performance.now();
    response.once('finish', () => timings[index]?.push(performance.now() - startedAt));
  });
}

process.on('message', async (message) => {
  if (message === 'reopen') {
    const ports = servers.map(portOf);
    await Promise.all(servers.map(close));
    await Promise.all(servers.map((server, index) => listen(server, ports[index])));
    process.send?.('reopened');
  } else {
    process.send?.(timings);
    timings = servers.map(() => []);
  }
});
await Promise.all(servers.map((server) => listen(server)));
process.send?.(servers.map((server) => `http://127.0.0.1:${portOf(server)}`));

async function listen(server: Server, port = 0): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function cleanUp(): Promise<void> {
  await Promise.all(servers.map(close));
  rmSync(directory, { recursive: true, maxRetries: 5 });
  process.exit();
}
