import type { CompositionRoot } from '@lockstep/core';

/** Text that goes to a person or to another program. */
export interface TextOutput {
  /** Whether a person reads along. */
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** The world of one `lockstep` process: what it was given by whoever started it. Tests give it another one. */
export interface Surroundings {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** What the interceptors are made with. */
  readonly root: CompositionRoot;
  /** How many files and sockets this process may have open; undefined where nobody says. */
  readonly openFilesMax: number | undefined;
  /** The script to start for another `lockstep` process. */
  readonly mainPath: string;
  /** Calls back whenever the process is asked to end, with the reason. Returns what undoes this. */
  onStopRequest(callback: (reason: string) => void): () => void;
  /** Calls back, synchronously, when the process ends, however orderly. Returns what undoes this. */
  onExit(callback: () => void): () => void;
  /** Ends the process now. */
  exit(code: number): void;
  /** Tells the `lockstep up` that started this process; undefined when something else did. */
  readonly tellParent: ((message: object) => void) | undefined;
}
