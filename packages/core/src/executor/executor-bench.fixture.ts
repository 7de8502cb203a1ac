import type { Milliseconds, OrderNumber } from '@lockstep/contracts';
import type { ConnectionKey, ServiceOperation } from '../protocol/connections/replica-io.js';
import type { ExecutorHandler } from './executor-handler.js';
import { Executor } from './executor.js';
import { FakeServiceFace, segmentOf } from './fake-service-face.fixture.js';

/** An executor on a fake service, with a clock that stands still until it is moved, and everything it told. */
export class ExecutorBench {
  readonly service = new FakeServiceFace();
  /** What the executor told, in order: `executed 3`, `output 1 abc after 2`. */
  readonly told: string[] = [];
  readonly executor: Executor;
  now: Milliseconds = 1000;
  #order = 0;

  /** Endpoints: `gated` and `free`, of one service. The gate times out after 100 ms. */
  constructor() {
    const endpoints = new Map([
      ['gated', { face: this.service, gated: true }],
      ['free', { face: new FakeServiceFace(this.service), gated: false }],
    ]);
    this.executor = new Executor(endpoints, this.#recorder(), { gateTimeoutMs: 100, now: () => this.now });
  }

  /** Executes the next entry. Operations are written as `open 1`, `open 1 free`, `data 1 abc`, `end 1`, `reset 1`. */
  entry(...operations: string[]): void {
    this.#order += 1;
    this.executor.execute(this.#order as OrderNumber, operations.map(operationOf));
  }

  /** Opens gated connections, and lets the service take each of them at once. */
  openGated(...numbers: number[]): void {
    for (const number of numbers) {
      this.entry(`open ${number}`);
      this.service.channel(number).accept();
    }
    this.service.takeCalls();
    this.told.length = 0;
  }

  takeTold(): string[] {
    return this.told.splice(0);
  }

  /** Lets time pass and ticks at each deadline on the way, as a driver does. */
  pass(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      const deadline = this.executor.nextDeadline();
      if (deadline === undefined || deadline > until) break;
      this.now = Math.max(this.now, deadline);
      this.executor.tick();
    }
    this.now = until;
  }

  #recorder(): ExecutorHandler {
    const tell = (what: string): void => void this.told.push(what);
    return {
      onExecuted: (through) => tell(`executed ${through}`),
      onOutput: (connection, { payload }, cause) =>
        tell(`output ${connection} ${new TextDecoder().decode(payload)} after ${cause}`),
      onOutputEnd: (connection, cause) => tell(`output-end ${connection} after ${cause}`),
      onOutputReset: (connection, reason, cause) =>
        tell(`output-reset ${connection} after ${cause}: ${reason.message}`),
      onInputTaken: (connection, units) => tell(`taken ${connection} ${units}`),
      onServiceLost: (reason) => tell(`service-lost: ${reason.message}`),
      onGateTimeout: (connection) => tell(`gate-timeout ${connection}`),
    };
  }
}

/** The key of the connection that tests call by this number. */
export function keyOf(number: number | string): ConnectionKey {
  return String(number) as ConnectionKey;
}

function operationOf(text: string): ServiceOperation {
  const [kind, number = '', detail] = text.split(' ');
  const connection = keyOf(number);
  switch (kind) {
    case 'open':
      return { kind, connection, endpoint: detail ?? 'gated' };
    case 'data':
      return { kind, connection, segment: segmentOf(detail ?? '') };
    case 'end':
    case 'reset':
    case 'release':
      return { kind, connection };
    default:
      throw new Error(`no operation: ${text}`);
  }
}
