import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';

/**
 * @typedef {object} Configuration what the demo has to know of a lockstep.yaml
 * @property {string} path
 * @property {number} clientPort  where the client interceptor plays the service
 * @property {{ name: string, linkPort: number, servicePort: number }[]} replicas
 */

/** @param {string} path of a lockstep.yaml @returns {Configuration} */
export function readConfiguration(path) {
  const { replicas, endpoints } = parseDocument(readFileSync(path, 'utf8')).toJS();
  return {
    path,
    clientPort: portOf(endpoints.jobs.client.listen),
    replicas: Object.entries(replicas).map(([name, replica]) => ({
      name,
      linkPort: portOf(replica.link),
      servicePort: replica.vars.port,
    })),
  };
}

/**
 * Writes a copy of a configuration in which every port is moved, the client's to `basePort` and the rest as far.
 *
 * @param {Configuration} configuration
 * @param {number} basePort
 * @param {string} folder  where the copy is written, as lockstep.yaml
 * @returns {Configuration} the copy
 */
export function moveConfiguration(configuration, basePort, folder) {
  const move = (port) => port - configuration.clientPort + basePort;
  const document = parseDocument(readFileSync(configuration.path, 'utf8'));
  document.setIn(['endpoints', 'jobs', 'client', 'listen'], `127.0.0.1:${basePort}`);
  for (const { name, linkPort, servicePort } of configuration.replicas) {
    document.setIn(['replicas', name, 'link'], `127.0.0.1:${move(linkPort)}`);
    document.setIn(['replicas', name, 'vars', 'port'], move(servicePort));
  }
  // The service is started with the configuration's folder as its working directory, by a path relative to it.
  symlinkSync(join(dirname(configuration.path), 'service'), join(folder, 'service'));
  const path = join(folder, 'lockstep.yaml');
  writeFileSync(path, document.toString());
  return readConfiguration(path);
}

function portOf(address) {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
