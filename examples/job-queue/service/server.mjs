import { createServer } from 'node:net';
import { LineReader, LineTooLongError } from './line-reader.mjs';
import { answer, error, QUIT } from './protocol.mjs';

/** Replies gathered before they are written. Above it the rest of a read waits until the client has taken these. */
const REPLY_BYTES_MAX = 256 * 1024;

/**
 * Serves a queue over TCP.
 *
 * @param {import('./queue.mjs').JobQueue} queue
 * @returns {{ listen(port: number): Promise<number>, close(): Promise<void> }} `listen` takes a port of the loopback,
 *   0 for any that is free, gives the one it got, and rejects with the system's error; `close` drops all connections
 */
export function createJobServer(queue) {
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, queue);
  });
  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve(server.address().port));
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket, queue) {
  const lines = new LineReader();
  let ended = false;

  const work = () => {
    while (!socket.writableEnded && !socket.writableNeedDrain) {
      const { replies, last } = answerLines(lines, queue);
      if (replies !== '') socket.write(replies, 'latin1');
      if (last) socket.end();
      if (replies === '') break;
    }
    if (socket.writableNeedDrain) {
      socket.pause();
      return;
    }
    // A line without its terminator at the end of the stream was cut short, and is no request.
    if (ended) socket.end();
    socket.resume();
  };

  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    // After QUIT or a line that is too long, nothing that follows is a request; it is read to let the close through.
    if (socket.writableEnded) return;
    lines.push(text);
    work();
  });
  socket.on('drain', work);
  socket.on('end', () => {
    ended = true;
    work();
  });
  // A reset takes its connection and nothing else; 'close' follows by itself.
  socket.on('error', () => {});
}

/** Answers what has been read, all in one piece of text, up to REPLY_BYTES_MAX or the `last` request there will be. */
function answerLines(lines, queue) {
  let replies = '';
  try {
    while (replies.length < REPLY_BYTES_MAX) {
      const line = lines.next();
      if (line === undefined) break;
      replies += answer(queue, line);
      if (line === QUIT) return { replies, last: true };
    }
  } catch (cause) {
    if (!(cause instanceof LineTooLongError)) throw cause;
    return { replies: replies + error(cause.message), last: true };
  }
  return { replies, last: false };
}
