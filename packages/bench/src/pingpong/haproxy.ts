import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../network/host.js';
import { findProgram } from '../programs/installed-program.js';
import { Program } from '../programs/program.js';

/** Its path, or undefined if it is not installed. */
export const haproxy = findProgram('haproxy');

/** Starts a hop in TCP mode. `name` is for its files. */
export function startHaproxyHop(
  folder: string,
  name: string,
  host: Host,
  port: number,
  target: { readonly host: Host; readonly port: number },
): Program {
  const path = join(folder, `${name}.cfg`);
  writeFileSync(
    path,
    `global
  maxconn 1000
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen hop
  bind ${host.address}:${port}
  server target ${target.host.address}:${target.port}
`,
  );
  return new Program(host, [haproxy!, '-f', path], join(folder, `${name}.log`));
}
