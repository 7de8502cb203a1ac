import type { Channel, ClientFace } from '@lockstep/contracts';
import { expect } from 'chai';
import { channelCases, type OpenedChannel } from './channel-cases.js';
import { ChannelRecorder } from './channel-recorder.js';
import type { Peer } from './peer.js';
import { turns, until } from './until.js';

/** What the suite needs to know about a client face for byte streams. */
export interface ClientFaceHarness {
  /** A new face, listening on any free address of this machine, or on the one given. */
  createFace(address?: string): ClientFace;
  /** Connects to an address that `listen` gave, as a client. */
  connect(address: string): Promise<Peer>;
}

/** Declares a mocha suite that every client face for byte streams passes. */
export function clientFaceCompliance(name: string, harness: ClientFaceHarness): void {
  describe(`client face compliance: ${name}`, () => {
    const faces: ClientFace[] = [];
    const recorders: ChannelRecorder[] = [];

    function createFace(address?: string): ClientFace {
      const face = harness.createFace(address);
      faces.push(face);
      return face;
    }

    function record(channel: Channel): ChannelRecorder {
      const recorder = new ChannelRecorder(channel);
      recorders.push(recorder);
      return recorder;
    }

    async function open(): Promise<OpenedChannel> {
      const accepted: ChannelRecorder[] = [];
      const address = await createFace().listen((channel) => accepted.push(record(channel)));
      const peer = await harness.connect(address);
      await until('the connection is accepted', () => accepted.length > 0);
      const [recorder] = accepted;
      if (recorder === undefined) throw new Error('accepted none');
      return { recorder, peer };
    }

    afterEach('everything is freed, and the contract was kept', async () => {
      await Promise.all(faces.splice(0).map((face) => face.close()));
      for (const recorder of recorders) if (!recorder.isClosed) recorder.reset();
      await until('all channels are closed', () => recorders.every(({ isClosed }) => isClosed));
      expect(recorders.splice(0).flatMap(({ breaches }) => breaches)).to.deep.equal([]);
    });

    channelCases(open);

    it('accepts each connection once, and keeps them apart', async () => {
      const accepted: ChannelRecorder[] = [];
      const address = await createFace().listen((channel) => accepted.push(record(channel)));
      const peers = await Promise.all(Array.from({ length: 20 }, () => harness.connect(address)));
      await until('all are accepted', () => accepted.length === peers.length);
      for (const [index, peer] of peers.entries()) peer.write(Uint8Array.of(index));
      await until('all have sent', () => accepted.every(({ receivedUnits }) => receivedUnits === 1));
      const senders = accepted.map(({ received }) => received[0] ?? -1).sort((a, b) => a - b);
      expect(senders).to.deep.equal(peers.map((_, index) => index));
    });

    it('refuses an address that is taken', async () => {
      const address = await createFace().listen(() => {});
      const error = await createFace(address)
        .listen(() => {})
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      expect(error).to.have.property('code', 'ERR_LOCKSTEP_ADDRESS_IN_USE');
    });

    it('frees its address when it is closed, and open channels live on', async () => {
      const accepted: ChannelRecorder[] = [];
      const face = createFace();
      const address = await face.listen((channel) => accepted.push(record(channel)));
      const peer = await harness.connect(address);
      await until('the connection is accepted', () => accepted.length > 0);
      await face.close();
      await face.close();
      expect(await createFace(address).listen(() => {})).to.equal(address);
      accepted[0]?.send(Uint8Array.of(7));
      await until('the open channel still sends', () => peer.receivedBytes === 1);
    });

    it('accepts nobody after it was closed', async () => {
      const face = createFace();
      const address = await face.listen(() => {
        throw new Error('accepted after close');
      });
      await face.close();
      const outcome = await harness.connect(address).then(
        () => 'connected',
        () => 'refused',
      );
      expect(outcome).to.equal('refused');
      await turns(3);
    });
  });
}
