import type { ServiceChannel, ServiceFace } from '@lockstep/contracts';
import { ChannelRecorder, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { encodeHello, type Role } from '../messages/hello.js';
import { encodeRequest } from '../messages/request.js';
import { decodeResult, type Result } from '../messages/result.js';
import { unit } from '../messages/unit.js';
import { ExecServiceFace } from './exec-service-face.js';
import { ProgramRunner } from './program-runner.js';
import { StdioServiceFace } from './stdio-service-face.js';

const environment = { PATH: process.env['PATH'] ?? '' };
const session = '0123456789abcdef0123456789abcdef';
const hello = (role: Role) => unit(encodeHello({ session, role }));

/** A channel with everything that it has told. */
interface Opened {
  readonly channel: ServiceChannel;
  readonly recorder: ChannelRecorder;
}

function open(face: ServiceFace): Opened {
  const channel = face.connect();
  return { channel, recorder: new ChannelRecorder(channel) };
}

async function expectBroken({ recorder }: Opened, reason: RegExp): Promise<void> {
  await until('it is closed', () => recorder.isClosed);
  expect(recorder.events.slice(-2)).to.deep.equal(['reset', 'closed']);
  expect(recorder.resetReason?.message).to.match(reason);
}

describe('stdio, what no client interceptor of ours would send', () => {
  let face: StdioServiceFace;

  beforeEach(() => {
    face = new StdioServiceFace(new ProgramRunner({ words: ['cat'], directory: '/', environment }, ['cat']), 5);
  });

  afterEach(() => face.close());

  it('breaks a connection that begins with anything but a hello', async () => {
    for (const payload of ['bytes', '{"session":"x","role":"main"}']) {
      const bytes = open(face);
      bytes.recorder.send(Buffer.from(payload));
      await expectBroken(bytes, /does not begin with a hello/);
      const message = open(face);
      message.channel.send(unit(Buffer.from(payload)));
      await expectBroken(message, /does not begin with a hello/);
    }
  });

  it('breaks a second connection of the same role, and the first goes on', async () => {
    const [main, second, status] = [open(face), open(face), open(face)];
    main.channel.send(hello('main'));
    second.channel.send(hello('main'));
    await expectBroken(second, /hello of its own/);
    status.channel.send(hello('status'));
    main.recorder.send(Buffer.from('echo'));
    await until('the program answers', () => main.recorder.receivedUnits === 4);
    for (const { recorder } of [main, status]) recorder.end();
    await until('it is over', () => main.recorder.isClosed && status.recorder.isClosed);
    expect(main.recorder.events).not.to.include('reset');
  });

  it('ends the program, and the other connection, when one is reset', async () => {
    const [main, status] = [open(face), open(face)];
    main.channel.send(hello('main'));
    status.channel.send(hello('status'));
    main.recorder.send(Buffer.from('echo'));
    await until('the program answers', () => main.recorder.receivedUnits === 4);
    status.recorder.reset();
    await expectBroken(main, /the status connection of the program was reset/);
  });

  it('waits for the second connection, and keeps what comes before', async () => {
    const [main, status] = [open(face), open(face)];
    main.channel.send(hello('main'));
    main.recorder.send(Buffer.from('early'));
    main.recorder.end();
    await until('the hello is taken', () => main.recorder.takenUnits === 1);
    expect(main.channel.busy).to.equal(false);
    status.channel.send(hello('status'));
    status.recorder.end();
    await until('it is over', () => main.recorder.isClosed && status.recorder.isClosed);
    expect(Buffer.from(main.recorder.received).toString()).to.equal('early');
  });
});

describe('exec, what no client interceptor of ours would send', () => {
  const options = { commands: ['cat', 'yes'], stdinBytesMax: 10, outputBytesMax: 100_000 };
  const face = new ExecServiceFace(new ProgramRunner({ words: [], directory: '/', environment }, ['cat']), options);

  after(() => face.close());

  /** What becomes of a command, with its input. */
  async function resultOf(program: string, ...parameters: string[]): Promise<Result | undefined> {
    const pieces: Uint8Array[] = [];
    let isOver = false;
    const channel = face.connect();
    channel.bind({
      onOpen: () => undefined,
      onIdle: () => undefined,
      onTaken: () => undefined,
      onEnd: () => undefined,
      onReset: () => undefined,
      onSegment: ({ payload }) => void pieces.push(payload),
      onClosed: () => (isOver = true),
    });
    channel.send(unit(encodeRequest({ words: [program, ...parameters] })));
    channel.end();
    await until('it is over', () => isOver);
    return decodeResult(pieces);
  }

  it('breaks a connection that brings no request, or more input than is allowed', async () => {
    const bytes = open(face);
    bytes.recorder.send(Buffer.from('{"words":["cat"]}'));
    await expectBroken(bytes, /does not begin with a request/);
    const nothing = open(face);
    nothing.recorder.end();
    await expectBroken(nothing, /without a request/);
    const tooMuch = open(face);
    tooMuch.channel.send(unit(encodeRequest({ words: ['cat'] })));
    tooMuch.recorder.send(new Uint8Array(11));
    await expectBroken(tooMuch, /more standard input/);
  });

  it('does not run what is not allowed', async () => {
    const result = await resultOf('sh', '-c', 'exit 0');
    expect(result?.status).to.deep.equal({ code: 2, signal: null });
    expect(Buffer.from(result?.stderr ?? []).toString()).to.match(/^error: sh is not among the commands/);
  });

  it('kills what puts out more than is kept, and says so', async () => {
    const result = await resultOf('yes');
    expect(result?.status).to.deep.equal({ code: 1, signal: null });
    expect(Buffer.from(result?.stderr ?? []).toString()).to.match(/more than 100000 bytes and was killed/);
  });

  it('answers a command line that the kernel does not take as shells do', async () => {
    const result = await resultOf('cat', 'x'.repeat(200_000));
    expect(result?.status).to.deep.equal({ code: 126, signal: null });
    expect(Buffer.from(result?.stderr ?? []).toString()).to.match(/fewer or shorter arguments/);
  });

  it('a host that cannot run a program says that it is lost', async () => {
    const [missing] = ['no-such-program'] as const;
    const runner = new ProgramRunner({ words: [], directory: '/', environment }, [missing]);
    const broken = new ExecServiceFace(runner, { ...options, commands: [missing] });
    const losses: Error[] = [];
    broken.onLost((reason) => losses.push(reason));
    const opened = open(broken);
    opened.channel.send(unit(encodeRequest({ words: [missing] })));
    opened.recorder.end();
    await expectBroken(opened, /Install it on the hosts of all replicas/);
    expect(losses.map(({ message }) => message)).to.deep.equal([opened.recorder.resetReason?.message]);
    broken.close();
  });
});
