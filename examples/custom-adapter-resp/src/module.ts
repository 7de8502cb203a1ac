import { tokens, type Adapter } from '@lockstep/contracts';
import { ContainerModule } from 'inversify';
import { parseOptions, type RespOptions } from './options.js';
import { RespDialect } from './resp-dialect.js';

/** Cuts the requests and replies of Redis. */
export const adapter: Adapter<RespOptions, ContainerModule> = {
  kind: 'dialect',
  defaultGate: 'reply',
  parseOptions,
  module: (options, { connections }) =>
    new ContainerModule(({ bind }) => {
      bind(tokens.Dialect)
        .toResolvedValue(() => new RespDialect(options, connections))
        .inSingletonScope();
    }),
};
