import type { Logger } from '@lockstep/contracts';
import { encodeStatus } from '../wire/status-codec.js';
import type { LinkServer } from './link-server.js';

/** Answers observers: each asks once, and gets one JSON document. */
export function serveStatus(server: LinkServer, describe: () => unknown, logger: Logger): void {
  server.serve('observer', {
    judge: () => undefined,
    accept: (connection) => {
      const answer = encodeStatus(describe());
      if (answer === undefined) logger.error({ event: 'status-too-large' }, 'The status is too large to be sent');
      else connection.trust(Infinity);
      connection.send(answer ?? []);
      connection.end('answered');
    },
  });
}
