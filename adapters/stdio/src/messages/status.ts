import type { ProgramStatus } from '@lockstep/contracts';
import { decodeFields, encodeJson } from './json.js';

/** The last message of a `status` connection: how the program ended. */
export function encodeStatus({ code, signal }: ProgramStatus): Uint8Array {
  return encodeJson({ code, signal });
}

/** @returns undefined if it is none */
export function decodeStatus(payload: Uint8Array): ProgramStatus | undefined {
  return readStatus(decodeFields(payload) ?? {});
}

/** Reads an exit code, or the signal that took its place. */
export function readStatus({ code, signal }: Readonly<Record<string, unknown>>): ProgramStatus | undefined {
  const isCode = typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= 255;
  if (isCode && signal === null) return { code, signal };
  const isSignal = typeof signal === 'string' && /^SIG[A-Z0-9]{1,12}$/.test(signal);
  return isSignal && code === null ? { code, signal } : undefined;
}
