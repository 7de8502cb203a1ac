import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';

/**
 * A service that does on its connections whatever TCP lets a program do; the first byte of each says what. Started with a
 * port of the loopback, or with the path of a unix socket.
 */
const deeds: Readonly<Record<string, (socket: Socket) => void>> = {
  /** Sends back what it gets, and ends when its client has ended. */
  e: (socket) => void socket.pipe(socket),
  /** Says at the end how many bytes it got, and their digest. */
  d: (socket) => {
    const digest = createHash('sha256');
    let count = 0;
    socket.on('data', (bytes: Buffer) => {
      count += bytes.length;
      digest.update(bytes);
    });
    socket.once('end', () => socket.end(`${count} ${digest.digest('hex')}\n`));
  },
  /** Ends first, and then counts what still comes; whoever asks on another connection is told. */
  f: (socket) => {
    socket.end('bye\n');
    socket.on('data', (bytes: Buffer) => (bytesAfterEnd += bytes.length));
  },
  /** Says how many bytes came on connections that it had ended. */
  a: (socket) => void socket.end(`${bytesAfterEnd}\n`),
  /** Gives half of an answer, and resets when it is to go on. */
  r: (socket) => {
    socket.write('half an ans');
    socket.once('data', () => socket.resetAndDestroy());
  },
  /** Never reads again. */
  n: (socket) => void socket.pause(),
};

let bytesAfterEnd = 0;

const [place = ''] = process.argv.slice(2);
if (place.startsWith('/')) rmSync(place, { force: true });
createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  socket.on('error', () => {});
  const leave = (): void => void socket.end();
  socket.once('end', leave);
  socket.once('data', (bytes: Buffer) => {
    socket.off('end', leave);
    const deed = deeds[String.fromCharCode(bytes[0] ?? 0)];
    socket.pause();
    if (bytes.length > 1) socket.unshift(bytes.subarray(1));
    socket.resume();
    deed?.(socket);
  });
}).listen(place.startsWith('/') ? { path: place } : { port: Number(place), host: '127.0.0.1' });
