import { fileURLToPath } from 'node:url';
import * as root from '@lockstep/core';
import { readOpenFilesMax } from './open-files.js';
import type { Surroundings } from './surroundings.js';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The surroundings of this process. */
export function processSurroundings(): Surroundings {
  ignoreClosedOutput();
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    root,
    openFilesMax: readOpenFilesMax(),
    mainPath: fileURLToPath(new URL('main.js', import.meta.url)),
    onStopRequest,
    onExit: (callback) => {
      process.on('exit', callback);
      return () => process.off('exit', callback);
    },
    exit: (code) => process.exit(code),
    tellParent: process.send === undefined ? undefined : tellParent,
  };
}

/** A signal asks to stop, and so does the end of the process that started this one with a channel to it. */
function onStopRequest(callback: (reason: string) => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => callback(signal);
  const onDisconnect = (): void => callback('the process that started this one has ended');
  for (const signal of stopSignals) process.on(signal, onSignal);
  process.on('disconnect', onDisconnect);
  return () => {
    for (const signal of stopSignals) process.off(signal, onSignal);
    process.off('disconnect', onDisconnect);
  };
}

function tellParent(message: object): void {
  // The parent may have died since; then nobody needs to know.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Whoever read the output may be gone, as in `lockstep status | head -1`. That is no reason not to leave the group. */
function ignoreClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
