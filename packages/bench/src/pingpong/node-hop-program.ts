import { connect, createServer } from 'node:net';

// The least that a hop in Node can do: passes bytes on. Arguments: the port to listen on, the host and port to connect to.

const [port, targetHost, targetPort] = process.argv.slice(2);
const server = createServer({ noDelay: true }, (client) => {
  const service = connect({ host: targetHost!, port: Number(targetPort), noDelay: true });
  client.on('data', (chunk) => service.write(chunk));
  service.on('data', (chunk) => client.write(chunk));
  client.on('close', () => service.destroy());
  service.on('close', () => client.destroy());
  client.on('error', () => service.destroy());
  service.on('error', () => client.destroy());
});
server.listen(Number(port), '0.0.0.0');
process.on('SIGTERM', () => process.exit());
