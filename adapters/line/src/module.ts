import { tokens, type Adapter } from '@lockstep/contracts';
import { ContainerModule } from 'inversify';
import { LineDialect } from './line-dialect.js';
import { parseOptions } from './options/parse-options.js';
import type { LineRules } from './rules.js';

/** Cuts requests and replies of line protocols. */
export const adapter: Adapter<LineRules, ContainerModule> = {
  kind: 'dialect',
  defaultGate: 'reply',
  parseOptions,
  module: (rules) =>
    new ContainerModule(({ bind }) => {
      bind(tokens.Dialect)
        .toResolvedValue(() => new LineDialect(rules))
        .inSingletonScope();
    }),
};
