import { LockstepError } from '@lockstep/contracts';
import { parseAddress as parse, unixPathBytesMax, type Address } from '@lockstep/sockets';

/**
 * Takes `127.0.0.1:6379`, `kv.example:6379`, `[::1]:6379` or `unix:/run/kv.sock` apart.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` if the text is none of these
 */
export function parseAddress(text: string): Address {
  const address = parse(text);
  if (address !== undefined) return address;
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `"${text}" is no address for the tcp adapter: write host:port, with an IPv6 address in brackets, or unix:/path, ` +
      `with at most ${unixPathBytesMax} bytes in the path.`,
  );
}
