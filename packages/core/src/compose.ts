import type { ClientComposition, Composition, CompositionRoot } from './compose-types.js';
import type { GroupStatus } from './group-status.js';

const notYet = 'the composition root is not written yet';

/** Starts a service interceptor. */
export const composeService: CompositionRoot['composeService'] = (): Promise<Composition> => {
  throw new Error(notYet);
};

/** Starts a client interceptor. */
export const composeClient: CompositionRoot['composeClient'] = (): Promise<ClientComposition> => {
  throw new Error(notYet);
};

/** Asks all configured members. */
export const queryStatus: CompositionRoot['queryStatus'] = (): Promise<GroupStatus> => {
  throw new Error(notYet);
};
