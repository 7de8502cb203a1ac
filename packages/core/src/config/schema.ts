import { z } from 'zod';
import { defaultLimits } from './limits.js';
import { address, bytes, choice, flag, milliseconds, name, scalarText } from './schema-elements.js';
import { variablePattern } from './variables.js';

const variableRemedy = 'Write a letter or _ first, then letters, digits, _ or -; name and group are taken.';

const replica = z
  .strictObject(
    {
      link: address({
        example: '10.0.0.1:7400',
        description: 'Where this replica listens for the others and for client interceptors, and where they dial it.',
      }),
      vars: z
        .record(
          z
            .string()
            .regex(variablePattern, { error: variableRemedy })
            .refine((key) => key !== 'name' && key !== 'group', { error: variableRemedy }),
          scalarText('Fills in ${…} in service and endpoints.'),
          { error: 'Write names and values, for example { port: 7511 }.' },
        )
        .optional()
        .meta({
          description: 'Variables of this replica: ${port} in service and endpoints becomes the value of port.',
        }),
      witness: flag('A witness votes and stores, and runs no service.').default(false),
    },
    { error: 'Write at least its link, for example { link: 10.0.0.1:7400 }.' },
  )
  .meta({ description: 'One member of the group.' });

const service = z
  .strictObject(
    {
      run: z
        .string({ error: 'Write the command as text, for example: redis-server --port ${port}.' })
        .min(1, { error: 'Write the command, or leave run out if somebody else runs the service.' })
        .optional()
        .meta({ description: 'The command that runs the service; without it, somebody else runs it.' }),
      ready: z
        .strictObject(
          {
            tcp: address({
              example: '127.0.0.1:6380',
              description: 'Ready once this accepts connections; a unix socket may stand here too.',
              variables: true,
            }),
          },
          { error: 'Write { tcp: 127.0.0.1:6380 }.' },
        )
        .optional()
        .meta({ description: 'When the service is ready; without it, when every endpoint can be connected to.' }),
      env: z
        .record(z.string(), scalarText('The value of the environment variable.'), {
          error: 'Write names and values, for example { TZ: UTC }.',
        })
        .optional()
        .meta({ description: 'Added to the environment of the service.' }),
      state: z
        .strictObject(
          { transfer: choice(['replay'], 'How the service of a joiner gets its state.') },
          { error: 'Write { transfer: replay }.' },
        )
        .default({ transfer: 'replay' }),
      readyTimeoutMs: milliseconds({
        example: 10_000,
        description: 'How long a starting service may take to become ready.',
      }).default(10_000),
      stopTimeoutMs: milliseconds({
        example: 5000,
        description: 'How long a service may take to end after SIGTERM, before SIGKILL.',
      }).default(5000),
      restart: flag('Whether a managed service that ended by itself is started again.').default(true),
    },
    { error: 'Write what runs it, for example { run: redis-server --port 6380 }.' },
  )
  .meta({ description: 'The service of a replica, and how it is run.' });

const adapterRemedy =
  'Write tcp, line, http, websocket, stdio, exec, a package name, or a path that starts with ./, for example ./my-adapter.js.';
const adapterName = z
  .string({ error: adapterRemedy })
  .regex(/^(?:\.{0,2}\/[^$\s]+|@[a-z0-9._~-]+\/[a-z0-9._~-]+|[a-z0-9][a-z0-9._~-]*)$/, { error: adapterRemedy });

const endpoint = z
  .strictObject(
    {
      adapter: adapterName.meta({
        description:
          'The protocol: tcp, line, http, websocket, stdio, exec, a package, or a path relative to this file.',
      }),
      over: adapterName.optional().meta({ description: 'What carries a dialect such as line. Default tcp.' }),
      connections: choice(
        ['dedicated', 'shared'],
        'Whether each client connection has its own connection to the service. Shared needs a dialect.',
      ).default('dedicated'),
      gate: choice(
        ['reply', 'probe', 'consumed', 'none'],
        'When the service has finished a turn, and the next connection has its turn. Default: what the adapter says.',
      ).optional(),
      client: z
        .strictObject(
          {
            listen: address({
              example: '127.0.0.1:6379',
              description: 'Where the client interceptor plays the service; port 0 picks a free one.',
              variables: true,
              portZero: true,
            }),
          },
          { error: 'Write where clients connect, for example client: { listen: 127.0.0.1:6379 }.' },
        )
        .optional()
        .meta({ description: 'Where clients connect. Not for programs, which lockstep stdio and exec stand in for.' }),
      service: z
        .strictObject(
          {
            connect: address({
              example: '127.0.0.1:6380',
              description: 'Where the service interceptor plays the client.',
              variables: true,
            }).optional(),
            run: z
              .string({ error: 'Write the command as text, for example: sqlite3 data-${name}.db.' })
              .min(1, { error: 'Write the command, for example: sqlite3 data-${name}.db.' })
              .optional()
              .meta({ description: 'The program whose standard streams the service interceptor holds.' }),
          },
          { error: 'Write where the service listens, for example service: { connect: 127.0.0.1:6380 }.' },
        )
        .default({})
        .meta({ description: 'Where the service is: an address, or a program.' }),
      options: z
        .record(z.string(), z.unknown(), { error: 'Write names and values; the adapter says which.' })
        .default({})
        .meta({ description: 'What the adapter wants to know.' }),
    },
    { error: 'Write at least adapter, client and service; `lockstep check --help` shows a whole file.' },
  )
  .meta({ description: 'An address of the service that clients use.' });

const timing = z
  .strictObject(
    {
      suspectAfterMs: milliseconds({
        example: 1000,
        description: 'Silence after which a process is taken for dead. Default 1000.',
      }).optional(),
      heartbeatMs: milliseconds({
        example: 200,
        description: 'The longest silence of a process that has nothing to say. Default a fifth of suspectAfterMs.',
      }).optional(),
      expireClientAfterMs: milliseconds({
        example: 10_000,
        description: 'Absence after which the group resets the connections of a client interceptor. Default 10000.',
      }).optional(),
      giveUpAfterMs: milliseconds({
        example: 30_000,
        description: 'How long a client interceptor looks for a group before it resets its clients. Default 30000.',
      }).optional(),
      laggardAfterMs: milliseconds({
        example: 10_000,
        description: 'How long a member may lag behind before it is suspected. Default 10000.',
      }).optional(),
      gateTimeoutMs: milliseconds({
        example: 1000,
        description: 'How long a turn of one connection may keep the others waiting. Default 1000.',
      }).optional(),
    },
    { error: 'Write names and milliseconds, for example { suspectAfterMs: 1000 }.' },
  )
  .meta({ description: 'How long things may take.' });

const connectionsRemedy = 'Write a whole number from 1 to 65536, for example 1000.';
const limits = z
  .strictObject(
    {
      connectionWindowBytes: bytes({
        example: '1 MiB',
        description: 'Bytes in flight in one direction of one connection. Default 1 MiB.',
      }).optional(),
      processCacheBytes: bytes({
        example: '256 MiB',
        description: 'Unacknowledged output over all connections of one process. Default 256 MiB.',
      }).optional(),
      historyBytes: bytes({
        example: '1 GiB',
        description:
          'The order log in memory; beyond it, nobody can join by replay. One replica alone keeps none. Default 1 GiB.',
      }).optional(),
      maxConnections: z
        .int({ error: connectionsRemedy })
        .min(1, { error: connectionsRemedy })
        .max(65_536, { error: connectionsRemedy })
        .optional()
        .meta({
          description:
            'Connections of one client interceptor at a time; more are refused. Default 16384, at most 65536.',
        }),
    },
    { error: 'Write names and numbers, for example { processCacheBytes: 256 MiB }.' },
  )
  .transform((given) => ({
    connectionWindowBytes: given.connectionWindowBytes ?? defaultLimits.connectionWindowBytes,
    processCacheBytes: given.processCacheBytes ?? defaultLimits.processCacheBytes,
    historyBytes: given.historyBytes ?? defaultLimits.historyBytes,
    maxConnections: given.maxConnections ?? defaultLimits.maxConnections,
  }))
  .meta({ description: 'What one process may hold.' });

/** The whole file, as it is written. What one key has to do with another is checked in `check-relations.ts`. */
export const documentSchema = z
  .strictObject(
    {
      group: name.meta({ description: 'The name of the group; members of different groups refuse each other.' }),
      replicas: z
        .record(name, replica, {
          error: 'Write one line for each replica, for example a: { link: 10.0.0.1:7400 }.',
        })
        .meta({ description: 'All replicas and witnesses by name, one to nine.' }),
      service: service.default(() => service.parse({})),
      endpoints: z
        .record(name, endpoint, {
          error: 'Write at least one endpoint; `lockstep check --help` shows a whole file.',
        })
        .meta({ description: 'The addresses of the service that clients use, by name.' }),
      timing: timing.default({}),
      limits: limits.default(defaultLimits),
      fence: z
        .strictObject(
          {
            run: z
              .string({ error: 'Write the command as text, for example: power-off ${name}.' })
              .min(1, { error: 'Write the command, for example: power-off ${name}.' })
              .meta({ description: 'Run with ${name} and the variables of the replica to be fenced off.' }),
          },
          { error: "Write { run: 'power-off ${name}' }." },
        )
        .optional()
        .meta({ description: 'What must succeed before one survivor of two goes on alone.' }),
      localLinks: flag(
        'Whether processes of one host are linked past TCP, where Linux lets them. Off: all links can be watched and cut.',
      ).default(true),
      security: choice(['none'], 'Links are neither encrypted nor authenticated.').optional(),
    },
    { error: 'Write group, replicas and endpoints; `lockstep check --help` shows a whole file.' },
  )
  .meta({ title: 'Lockstep configuration' });

/** The file, its shape checked and its defaults filled in. */
export type ConfigurationDocument = z.output<typeof documentSchema>;
