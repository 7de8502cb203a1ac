import { LockstepError, type Refusal } from '@lockstep/contracts';

/** The client interceptor let something through that the service interceptor's dialect refuses. */
export function inputRefusedError({ reason }: Refusal): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_INPUT_REFUSED',
    `What a client sent was refused at the service (${reason}), though its interceptor had let it through: ` +
      'give the endpoint the same options on all hosts.',
  );
}
