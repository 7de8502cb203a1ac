import { createServer } from 'node:net';

// Answers with what it is sent, and ends when its client has ended.
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {}).pipe(socket);
});
server.listen(Number(process.argv[2]), '127.0.0.1');
