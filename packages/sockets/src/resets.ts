import type { Socket } from 'node:net';

const nothing = new Uint8Array();

/** How often a connection that is not read is looked at. */
const lookPeriodMs = 1000;

/**
 * Says whether the end that a socket has just told of is one. A reset that comes right behind the last bytes is reported as
 * an end by the event loop's library; whoever writes to such a connection learns the truth, even if it is nothing that he
 * writes. Where more is to be written, that will tell; where nothing can be written any more, or on a unix socket, which
 * knows no reset, it is taken for an end.
 *
 * @param socket opened with `allowHalfOpen`
 * @param onEnd called if it is an end; if not, the socket's `error` and `close` follow
 */
export function confirmEnd(socket: Socket, onEnd: () => void): void {
  if (!canLook(socket)) return onEnd();
  socket.write(nothing, (error) => {
    if (!error) onEnd();
  });
}

/**
 * Looks for a reset from time to time while a socket is paused: nobody polls one that is neither read nor written, and its
 * reset would go unnoticed. It comes as the socket's `error` and `close`, whatever is unread.
 *
 * @param socket opened with `allowHalfOpen`
 */
export function watchForReset(socket: Socket): void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const look = (): void => {
    if (canLook(socket)) socket.write(nothing);
  };
  const start = (): void => {
    timer ??= setInterval(look, lookPeriodMs).unref();
  };
  if (socket.isPaused()) start();
  socket.on('pause', start);
  // The event comes a moment after the call: who has paused again meanwhile is paused.
  socket.on('resume', () => {
    if (!socket.isPaused()) stop();
  });
  socket.on('close', stop);
}

function canLook(socket: Socket): boolean {
  const isOpen = !socket.connecting && !socket.destroyed && !socket.writableEnded;
  return isOpen && socket.writableLength === 0 && socket.localPort !== undefined;
}
