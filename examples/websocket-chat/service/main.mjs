import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

// A chat: whoever comes is told what was said last, and everybody is told what anybody says. Lines are numbered.

const lastLinesMax = 1000;

const page = readFileSync(new URL('page.html', import.meta.url));
const port = Number(process.argv[2]);
const lines = [];
let number = 0;

const server = createServer((request, response) => {
  if (request.url.split('?')[0] === '/') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page);
  } else {
    response.statusCode = 404;
    response.end();
  }
});

const sockets = new WebSocketServer({ server, path: '/chat', maxPayload: 64 * 1024 });

sockets.on('connection', (socket, request) => {
  const name = new URL(request.url, 'http://chat').searchParams.get('name') || 'somebody';
  for (const line of lines) socket.send(line);
  socket.on('error', () => socket.terminate());
  socket.on('message', (text) => say(name, text.toString()));
});

function say(name, text) {
  number += 1;
  const line = JSON.stringify({ number, name, text });
  lines.push(line);
  if (lines.length > lastLinesMax) lines.shift();
  for (const socket of sockets.clients) {
    if (socket.readyState === WebSocket.OPEN) socket.send(line);
  }
}

server.listen(port, '127.0.0.1');
