import { createConnection } from 'node:net';
import { join } from 'node:path';
import { loopback } from '../network/host.js';
import { findProgram } from '../programs/installed-program.js';
import { Program } from '../programs/program.js';

/** Its path, or undefined if it is not installed. */
export const redisServer = findProgram('redis-server');

export const redisObstacle = redisServer === undefined ? 'redis-server is not installed' : undefined;

/** A server that saves nothing, as all contenders run it. It tells a digest of what it holds. */
export function redisCommand(port: number | string): string {
  return `${redisServer} --port ${port} --bind 127.0.0.1 --save "" --appendonly no --enable-debug-command local`;
}

export function startRedis(folder: string, port: number, ...options: readonly string[]): Program {
  const command = ['sh', '-c', `exec ${[redisCommand(port), `--dir '${folder}'`, ...options].join(' ')}`];
  return new Program(loopback, command, join(folder, `redis-${port}.log`));
}

/** Sends inline commands to a server, and resolves with as many lines of answer. */
export function askRedis(port: number, ...commands: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const lines = text.split('\r\n');
      if (lines.length <= commands.length) return;
      socket.destroy();
      resolve(lines.slice(0, commands.length));
    });
    socket.write(commands.map((command) => `${command}\r\n`).join(''));
  });
}

/** How many keys a server holds, and a digest of all of them with their values. */
export async function readContents(port: number): Promise<string> {
  return (await askRedis(port, 'DBSIZE', 'DEBUG DIGEST')).join(' ');
}
