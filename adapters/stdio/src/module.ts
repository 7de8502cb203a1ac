import {
  LockstepError,
  tokens,
  type Adapter,
  type ClientFace,
  type EndpointContext,
  type ServiceFace,
} from '@lockstep/contracts';
import { ContainerModule } from 'inversify';
import { ProgramRunner } from './service/program-runner.js';
import { ProgramServiceFace } from './service/program-service-face.js';
import { StdioServiceFace } from './service/stdio-service-face.js';
import { PlainClientFace } from './stand-in/plain-client-face.js';
import { StdioClientFace } from './stand-in/stdio-client-face.js';
import { parseStdioOptions, type StdioOptions } from './stdio-options.js';

/** Plays programs that talk over standard input and output. */
export const adapter: Adapter<StdioOptions, ContainerModule> = {
  kind: 'channel',
  serviceForm: 'program',
  defaultGate: 'consumed',
  parseOptions: parseStdioOptions,
  module: createModule,
};

function createModule({ quietMs }: StdioOptions, context: EndpointContext): ContainerModule {
  const { endpoint, gate = adapter.defaultGate, run, standIn } = context;
  if (gate === 'reply' || gate === 'probe') {
    throw wrong(
      `The endpoint "${endpoint}" has the gate "${gate}", but stdio does not know where a reply ends: ` +
        'use an adapter that does over it (line), or the gate "consumed" or "none".',
    );
  }
  const [program] = run?.words ?? [];
  if (run !== undefined && program === undefined) {
    throw wrong(
      `The endpoint "${endpoint}" does not say what to run: write service: { run: … } with the program and its arguments.`,
    );
  }
  return new ContainerModule(({ bind }) => {
    if (standIn !== undefined) {
      bind(tokens.ClientFace)
        .toResolvedValue((): ClientFace => {
          return context.beneathDialect ? new PlainClientFace(process, standIn) : new StdioClientFace(process, standIn);
        })
        .inSingletonScope();
    }
    if (run !== undefined && program !== undefined) {
      bind(tokens.ServiceFace)
        .toResolvedValue(() => createServiceFace(new ProgramRunner(run, [program]), gate, quietMs, context))
        .inSingletonScope();
    }
  });
}

function createServiceFace(
  runner: ProgramRunner,
  gate: 'consumed' | 'none',
  quietMs: number,
  { beneathDialect, logger }: EndpointContext,
): ServiceFace {
  const gateQuietMs = gate === 'consumed' ? quietMs : undefined;
  return beneathDialect
    ? new ProgramServiceFace(runner, gateQuietMs, logger)
    : new StdioServiceFace(runner, gateQuietMs);
}

function wrong(message: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', message);
}
