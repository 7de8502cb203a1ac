import type { Channel, ClientFace, Dialect, Logger, Refusal } from '@lockstep/contracts';
import { DialectClientChannel } from './dialect-client-channel.js';

/** A client face that lets only through what the dialect does not refuse. Units stay bytes, and bytes unchanged. */
export class DialectClientFace implements ClientFace {
  readonly #face: ClientFace;
  readonly #dialect: Dialect;
  readonly #logger: Logger;
  #refusals = 0;

  constructor(face: ClientFace, dialect: Dialect, logger: Logger) {
    this.#face = face;
    this.#dialect = dialect;
    this.#logger = logger;
  }

  listen(accept: (channel: Channel) => void): Promise<string> {
    const onRefused = (refusal: Refusal): void => this.#noteRefusal(refusal);
    return this.#face.listen((channel) => {
      accept(new DialectClientChannel(channel, this.#dialect.createSession(), onRefused));
    });
  }

  close(): Promise<void> {
    return this.#face.close();
  }

  #noteRefusal({ reason }: Refusal): void {
    this.#refusals += 1;
    const fields = { code: 'ERR_LOCKSTEP_INPUT_REFUSED', reason, refusals: this.#refusals };
    this.#logger.info(fields, `refused what a client sent: ${reason}`);
  }
}
