// `npm run connect`: opens a WebSocket connection as a client would, sends a message, and shows the answer.
import { text } from 'node:stream/consumers';
import WebSocket from 'ws';

const USAGE = 'echo "$TOKEN" | npm run -s connect -- ws://127.0.0.1:4010/ws [message]';
const ANSWER_TIMEOUT_MS = 10_000;

const [url, message = '{"action":"hello"}'] = process.argv.slice(2);
if (url === undefined || !/^wss?:/.test(url) || !URL.canParse(url)) {
  console.error(`error: the address is ${JSON.stringify(url) ?? 'missing'}; usage: ${USAGE}`);
  process.exit(2);
}
// Never an argument: those are for everybody on the machine to see.
const token = process.stdin.isTTY ? '' : (await text(process.stdin)).trim();

const socket = new WebSocket(url, token === '' ? {} : { headers: { Authorization: `Bearer ${token}` } });
socket.on('open', () => {
  console.log(`HTTP/1.1 101 Switching Protocols\n> ${message}`);
  socket.send(message);
  setTimeout(() => {
    console.log('No answer; the route may have none.');
    socket.close();
  }, ANSWER_TIMEOUT_MS).unref();
});
socket.on('message', (data) => {
  console.log(`< ${String(data)}`);
  socket.close();
});
socket.on('unexpected-response', (request, response) => {
  console.log(`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`);
  request.destroy();
});
socket.on('error', (error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
