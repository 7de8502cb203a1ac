import { type Adapter, LockstepError } from '@lockstep/contracts';
import { type AdapterReference, referToAdapter } from './adapter-reference.js';
import type { ClientEndpoint, Configuration, Endpoint, ServiceEndpoint } from './configuration.js';
import { loadAdapter } from './load-adapter.js';

/** An endpoint whose adapters are there and have accepted its options. */
export interface LoadedEndpoint {
  readonly adapter: Adapter<unknown>;
  /** What the adapter made of the endpoint's options. */
  readonly options: unknown;
  /** The channel that carries a dialect; undefined for an adapter that needs none. */
  readonly channel: { readonly adapter: Adapter<unknown>; readonly options: unknown } | undefined;
}

/**
 * Loads the adapters of an endpoint, and checks what can be checked with their help only.
 *
 * @param endpoint one of the client interceptor or of a replica of this configuration
 * @throws LockstepError what `loadAdapter` throws, and `ERR_LOCKSTEP_CONFIGURATION` for what the adapter cannot do or
 *   does not accept, each with its line
 */
export async function loadEndpoint(
  configuration: Configuration,
  endpoint: ClientEndpoint | ServiceEndpoint,
): Promise<LoadedEndpoint> {
  const adapter = await load(configuration, endpoint, 'adapter', endpoint.adapter);
  checkAbilities(configuration, endpoint, adapter);
  const options = acceptOptions(configuration, endpoint, adapter);
  if (adapter.kind !== 'dialect') {
    checkForm(configuration, endpoint, adapter, endpoint.adapter.name);
    return { adapter, options, channel: undefined };
  }
  const over = endpoint.over ?? referToAdapter('tcp', configuration.directory);
  const channel = await load(configuration, endpoint, 'over', over);
  if (channel.kind !== 'channel') {
    throw configuration.errorAt(
      ['endpoints', endpoint.name, 'over'],
      `${over.name} cannot carry ${endpoint.adapter.name}: it is no byte channel`,
      'Name one that is, for example tcp.',
    );
  }
  checkForm(configuration, endpoint, channel, over.name);
  return { adapter, options, channel: { adapter: channel, options: channel.parseOptions({}) } };
}

/** Servers have an address for clients, programs have none. */
function checkForm(
  configuration: Configuration,
  endpoint: ClientEndpoint | ServiceEndpoint,
  { serviceForm = 'server' }: Adapter<unknown>,
  adapterName: string,
): void {
  const hasAddress = 'listen' in endpoint ? endpoint.listen !== undefined : endpoint.connect !== undefined;
  if (hasAddress === (serviceForm === 'server')) return;
  const what = `${adapterName} is for ${serviceForm === 'server' ? 'servers, which clients connect to' : 'programs, which are run'}`;
  const remedy =
    serviceForm === 'server'
      ? 'Write client: { listen: … } and service: { connect: … }, each with host:port.'
      : 'Remove client, and write service: { run: … } with the command.';
  throw configuration.errorAt(['endpoints', endpoint.name], what, remedy);
}

async function load(
  configuration: Configuration,
  endpoint: Endpoint,
  key: 'adapter' | 'over',
  reference: AdapterReference,
): Promise<Adapter<unknown>> {
  try {
    return await loadAdapter(reference, configuration.directory);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const place = configuration.placeOf(['endpoints', endpoint.name, key]);
    throw new LockstepError(error.code, `${place}: ${error.message}`, { cause: error });
  }
}

function checkAbilities(
  configuration: Configuration,
  endpoint: Endpoint,
  { kind, defaultGate, sharesConnections }: Adapter<unknown>,
): void {
  const { name, adapter, connections, gate, over } = endpoint;
  if (connections === 'shared' && kind !== 'dialect' && sharesConnections !== true) {
    throw configuration.errorAt(
      ['endpoints', name, 'connections'],
      `${adapter.name} cannot share a connection: it does not tell one reply from the next`,
      'Write dedicated, or use a dialect such as line.',
    );
  }
  if (gate === 'reply' && kind === 'channel') {
    throw configuration.errorAt(
      ['endpoints', name, 'gate'],
      `${adapter.name} cannot wait for replies: it does not tell where one ends`,
      'Write consumed, or use a dialect such as line.',
    );
  }
  if (gate === 'probe' && defaultGate !== 'probe') {
    throw configuration.errorAt(
      ['endpoints', name, 'gate'],
      `${adapter.name} cannot probe: its protocol has nothing that every service answers at once`,
      `Leave gate out, which means ${defaultGate}, or write none.`,
    );
  }
  if (over !== undefined && kind !== 'dialect') {
    throw configuration.errorAt(
      ['endpoints', name, 'over'],
      `${adapter.name} needs nothing to carry it`,
      'Remove this line.',
    );
  }
}

function acceptOptions(configuration: Configuration, endpoint: Endpoint, adapter: Adapter<unknown>): unknown {
  try {
    return adapter.parseOptions(endpoint.options);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const what = `${endpoint.adapter.name} does not accept the options of ${endpoint.name}`;
    throw configuration.errorAt(['endpoints', endpoint.name, 'options'], what, error.message);
  }
}
