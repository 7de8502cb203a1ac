import type { ServiceChannel, ServiceFace } from '@lockstep/contracts';
import { expect } from 'chai';
import { channelCases, type OpenedChannel } from './channel-cases.js';
import { ChannelRecorder } from './channel-recorder.js';
import type { TestService } from './peer.js';
import { until } from './until.js';

/** What the suite needs to know about a service face for byte streams. */
export interface ServiceFaceHarness {
  /** A new face that connects to this address. */
  createFace(address: string): ServiceFace;
  /** Starts a service on any free address. */
  serve(): Promise<TestService>;
}

/** Declares a mocha suite that every service face for byte streams passes. */
export function serviceFaceCompliance(name: string, harness: ServiceFaceHarness): void {
  describe(`service face compliance: ${name}`, () => {
    let service: TestService;
    let face: ServiceFace;
    const recorders: ChannelRecorder[] = [];

    function connect(): { channel: ServiceChannel; recorder: ChannelRecorder } {
      const channel = face.connect();
      const recorder = new ChannelRecorder(channel);
      recorders.push(recorder);
      return { channel, recorder };
    }

    async function open(): Promise<OpenedChannel & { channel: ServiceChannel }> {
      const { channel, recorder } = connect();
      const peer = await service.accept();
      await until('it is open', () => recorder.events.includes('open'));
      return { channel, recorder, peer };
    }

    beforeEach(async () => {
      service = await harness.serve();
      face = harness.createFace(service.address);
    });

    afterEach('everything is freed, and the contract was kept', async () => {
      for (const recorder of recorders) if (!recorder.isClosed) recorder.reset();
      await until('all channels are closed', () => recorders.every(({ isClosed }) => isClosed));
      face.close?.();
      await service.close();
      expect(recorders.splice(0).flatMap(({ breaches }) => breaches)).to.deep.equal([]);
    });

    channelCases(open);

    it('keeps what is sent before the connection is open', async () => {
      const { recorder } = connect();
      recorder.send(Buffer.from('ab'));
      recorder.send(Buffer.from('c'));
      recorder.end();
      const peer = await service.accept();
      await until('the end has arrived', () => peer.incoming === 'ended');
      expect(Buffer.from(peer.received).toString()).to.equal('abc');
      expect(recorder.events[0]).to.equal('open');
    });

    it('finds a service that accepts connections, and misses one that does not', async () => {
      await face.probe();
      await service.close();
      const error: unknown = await face.probe().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.have.property('code', 'ERR_LOCKSTEP_SERVICE_UNREACHABLE');
      service = await harness.serve();
    });

    it('tells that nobody accepts as a reset', async () => {
      await service.close();
      const { recorder } = connect();
      recorder.send(Buffer.from('lost'));
      await until('it is closed', () => recorder.isClosed);
      expect(recorder.events).to.deep.equal(['reset', 'closed']);
      expect(recorder.resetReason).to.have.property('code', 'ERR_LOCKSTEP_SERVICE_UNREACHABLE');
      service = await harness.serve();
    });

    it('can be reset before it is open', async () => {
      const { recorder } = connect();
      recorder.reset();
      await until('it is closed', () => recorder.isClosed);
      expect(recorder.events).to.deep.equal(['closed']);
    });

    it('is not busy once the service has answered', async () => {
      const { channel, recorder, peer } = await open();
      recorder.send(Buffer.from('question'));
      const wasBusy = channel.busy;
      await until('the question has arrived', () => peer.receivedBytes === 8);
      await until('the question is taken', () => recorder.takenUnits === 8);
      peer.write(Buffer.from('answer'));
      await until('it is idle', () => !channel.busy);
      await until('the answer is told', () => recorder.receivedUnits === 6);
      expect(recorder.events.filter((event) => event === 'idle')).to.have.lengthOf(wasBusy ? 1 : 0);
    });

    it('is not busy when it is broken', async () => {
      const { channel, recorder, peer } = await open();
      recorder.send(Buffer.from('question'));
      peer.reset();
      await until('it is closed', () => recorder.isClosed);
      expect(channel.busy).to.equal(false);
    });
  });
}
