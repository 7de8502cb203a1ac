import { connect, createServer } from 'node:net';

/**
 * @param {import('./configuration.mjs').Configuration} configuration
 * @returns {Promise<string[]>} the ports that cannot be had, each with what it is for
 */
export async function takenPorts({ clientPort, replicas }) {
  const purposes = new Map([[clientPort, 'for the client interceptor']]);
  for (const { name, linkPort, servicePort } of replicas) {
    purposes.set(linkPort, `for the link of replica ${name}`);
    purposes.set(servicePort, `for the service of replica ${name}`);
  }
  const taken = [];
  for (const [port, purpose] of purposes) if (!(await isFree(port))) taken.push(`port ${port}, ${purpose}`);
  return taken;
}

/** @param {number} port of the loopback @returns {Promise<boolean>} whether somebody takes connections there */
export function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.end();
      resolve(true);
    });
  });
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
