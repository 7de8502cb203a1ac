import { LockstepError, tokens, type Adapter, type EndpointContext } from '@lockstep/contracts';
import { ContainerModule } from 'inversify';
import { parseExecOptions, type ExecOptions } from './exec-options.js';
import { ExecServiceFace } from '../service/exec-service-face.js';
import { ProgramRunner } from '../service/program-runner.js';
import { ExecClientFace } from '../stand-in/exec-client-face.js';

/** Plays command lines: each is run on every replica, and answered once. */
export const adapter: Adapter<ExecOptions, ContainerModule> = {
  kind: 'faces',
  serviceForm: 'program',
  defaultGate: 'reply',
  parseOptions: parseExecOptions,
  module: createModule,
};

function createModule(options: ExecOptions, { endpoint, gate, run, standIn }: EndpointContext): ContainerModule {
  if (gate === 'consumed' || gate === 'probe') {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `The endpoint "${endpoint}" has the gate "${gate}", but commands have their input before they start: ` +
        'use the gate "reply", which waits for their end, or "none".',
    );
  }
  return new ContainerModule(({ bind }) => {
    if (standIn !== undefined) {
      bind(tokens.ClientFace)
        .toResolvedValue(() => new ExecClientFace(process, standIn, options))
        .inSingletonScope();
    }
    if (run !== undefined) {
      const [prefix] = run.words;
      const programs = prefix === undefined ? options.commands : [prefix];
      bind(tokens.ServiceFace)
        .toResolvedValue(() => new ExecServiceFace(new ProgramRunner(run, programs), options))
        .inSingletonScope();
    }
  });
}
