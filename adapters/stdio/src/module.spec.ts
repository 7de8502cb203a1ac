import { fileURLToPath } from 'node:url';
import { tokens, type EndpointContext, type ProgramCommand, type ServiceFace } from '@lockstep/contracts';
import { RecordingLogger } from '@lockstep/testkit';
import { expect } from 'chai';
import { Container } from 'inversify';
import exec, { adapter as namedExec } from './exec.js';
import stdio, { adapter as namedStdio } from './index.js';
import { ExecServiceFace } from './service/exec-service-face.js';
import { ProgramServiceFace } from './service/program-service-face.js';
import { StdioServiceFace } from './service/stdio-service-face.js';
import { ExecClientFace } from './stand-in/exec-client-face.js';
import { PlainClientFace } from './stand-in/plain-client-face.js';
import { StdioClientFace } from './stand-in/stdio-client-face.js';

const context: EndpointContext = { endpoint: 'calculator', logger: new RecordingLogger(), connections: 'dedicated' };
const run: ProgramCommand = { words: ['bc', '-l'], directory: '/', environment: { PATH: process.env['PATH'] ?? '' } };
const standIn = { arguments: [], onExit: () => undefined, onFailure: () => undefined };

function load(adapter: typeof stdio | typeof exec, options: object, endpoint: EndpointContext): Container {
  const container = new Container();
  container.load(adapter.module(adapter.parseOptions(options) as never, endpoint));
  return container;
}

describe('the adapters stdio and exec', () => {
  it('are a channel and faces for programs, under both names', () => {
    expect(stdio).to.equal(namedStdio);
    expect(exec).to.equal(namedExec);
    expect(stdio).to.include({ kind: 'channel', serviceForm: 'program', defaultGate: 'consumed' });
    expect(exec).to.include({ kind: 'faces', serviceForm: 'program', defaultGate: 'reply' });
  });

  it('bind the faces that the endpoint needs', () => {
    const commands = { commands: ['tsp'] };
    const clientFace = (container: Container): unknown => container.get(tokens.ClientFace);
    const serviceFace = (container: Container): unknown => container.get(tokens.ServiceFace);
    const beneathDialect = true as const;
    expect(clientFace(load(stdio, {}, { ...context, standIn }))).to.be.instanceOf(StdioClientFace);
    expect(clientFace(load(stdio, {}, { ...context, standIn, beneathDialect }))).to.be.instanceOf(PlainClientFace);
    expect(clientFace(load(exec, commands, { ...context, standIn }))).to.be.instanceOf(ExecClientFace);
    expect(serviceFace(load(stdio, {}, { ...context, run }))).to.be.instanceOf(StdioServiceFace);
    expect(serviceFace(load(stdio, {}, { ...context, run, beneathDialect }))).to.be.instanceOf(ProgramServiceFace);
    expect(serviceFace(load(exec, commands, { ...context, run }))).to.be.instanceOf(ExecServiceFace);
    expect(load(stdio, {}, { ...context, run }).isBound(tokens.ClientFace)).to.equal(false);
    expect(load(exec, commands, { ...context, standIn }).isBound(tokens.ServiceFace)).to.equal(false);
  });

  it('fill in their options', () => {
    expect(stdio.parseOptions(undefined)).to.deep.equal({ quietMs: 5 });
    expect(stdio.parseOptions({ quietMs: 20 })).to.deep.equal({ quietMs: 20 });
    expect(exec.parseOptions({ commands: ['tsp', '/bin/ls'], stdinBytesMax: 1 })).to.deep.equal({
      commands: ['tsp', '/bin/ls'],
      stdinBytesMax: 1,
      outputBytesMax: 8 * 1024 * 1024,
    });
  });

  for (const options of [{ quiteMs: 5 }, { quietMs: 0 }, { quietMs: 10_001 }, { quietMs: '5' }, [], 'quiet', null]) {
    it(`stdio refuses the options ${JSON.stringify(options)}`, () => {
      expect(() => stdio.parseOptions(options))
        .to.throw(/quietMs/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  for (const options of [
    undefined,
    {},
    { commands: [] },
    { commands: 'tsp' },
    { commands: [''] },
    { commands: ['a\0b'] },
    { commands: ['tsp'], command: 'tsp' },
    { commands: ['tsp'], stdinBytesMax: 0 },
    { commands: ['tsp'], outputBytesMax: 1.5 },
  ]) {
    it(`exec refuses the options ${JSON.stringify(options)}`, () => {
      expect(() => exec.parseOptions(options))
        .to.throw(/commands|BytesMax/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  it('refuse gates that they do not have, and a program that is not named', () => {
    const wrong = 'ERR_LOCKSTEP_CONFIGURATION';
    expect(() => load(stdio, {}, { ...context, run, gate: 'reply' }))
      .to.throw(/where a reply ends/)
      .with.property('code', wrong);
    expect(() => load(exec, { commands: ['tsp'] }, { ...context, run, gate: 'consumed' }))
      .to.throw(/use the gate "reply"/)
      .with.property('code', wrong);
    expect(() => load(stdio, {}, { ...context, run: { ...run, words: [] } }))
      .to.throw(/what to run/)
      .with.property('code', wrong);
  });

  it('probe for the programs that have to be there', async () => {
    const probe = (...words: string[]): Promise<unknown> => {
      const container = load(stdio, {}, { ...context, run: { ...run, words } });
      return container
        .get<ServiceFace>(tokens.ServiceFace)
        .probe()
        .catch((error: unknown) => error);
    };
    expect(await probe('sh')).to.equal(undefined);
    expect(await probe('/bin/sh', '-c', 'true')).to.equal(undefined);
    const missing = await probe('no-such-program');
    expect(missing).to.include({ code: 'ERR_LOCKSTEP_SERVICE_UNREACHABLE' });
    expect((missing as Error).message).to.match(/no-such-program cannot be run .* is not on the PATH/);
    expect(await probe(fileURLToPath(import.meta.url)))
      .to.be.an('error')
      .with.property('message')
      .that.matches(/Make it executable/);
  });
});
