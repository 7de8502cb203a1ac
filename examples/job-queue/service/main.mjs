import { parseArgs } from 'node:util';
import { JobQueue } from './queue.mjs';
import { createJobServer } from './server.mjs';

const USAGE = 'usage: node service/main.mjs --port N   (0 takes any free port)';

function readPort() {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port ?? '') || port > 65535) throw new Error('--port is a number from 0 to 65535');
  return port;
}

let port;
try {
  port = readPort();
} catch (cause) {
  console.error(`${cause.message}\n${USAGE}`);
  process.exit(2);
}

const server = createJobServer(new JobQueue());
try {
  console.log(`listening on 127.0.0.1:${await server.listen(port)}`);
} catch (cause) {
  console.error(`cannot listen on 127.0.0.1:${port}: ${cause.message}`);
  process.exit(1);
}

// Once the server is closed nothing is left to wait for, and the process ends by itself with code 0.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => server.close());
