import { createServer } from 'node:net';

// The service: gives back what it is sent. Argument: the port, on all addresses.

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => socket.write(chunk));
  // A client that goes away takes nothing with it.
  socket.on('error', () => socket.destroy());
});
server.listen(Number(process.argv[2]), '0.0.0.0');
process.on('SIGTERM', () => process.exit());
