import { createServer as createHttpServer } from 'node:http';
import { createServer as createLineServer } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { TicketOffice } from './ticket-office.mjs';

const { values } = parseArgs({ options: { 'http-port': { type: 'string' }, 'line-port': { type: 'string' } } });
const office = new TicketOffice();

createHttpServer((request, response) => {
  const isKnown = request.url?.split('?')[0] === '/tickets' && ['GET', 'POST'].includes(request.method);
  response.statusCode = isKnown ? 200 : 404;
  response.setHeader('content-type', 'text/plain');
  const answer = request.method === 'POST' ? () => office.draw('http') : () => office.state;
  response.end(`${isKnown ? answer() : 'POST or GET /tickets'}\n`);
}).listen(Number(values['http-port']), '127.0.0.1');

createLineServer((socket) => {
  socket.on('error', () => {});
  createInterface({ input: socket }).on('line', (line) => {
    if (line === 'DRAW') socket.write(`${office.draw('line')}\n`);
    else socket.write(line === 'STATE' ? `${office.state}\n` : 'ERR write DRAW or STATE\n');
  });
}).listen(Number(values['line-port']), '127.0.0.1');
