import type { CompositionRoot } from '@lockstep/core';
import { RecordedOutput } from './recorded-output.fixture.js';
import type { Surroundings } from './surroundings.js';

/** Surroundings that a test controls: what is written is remembered, and a signal is a call. */
export class StubSurroundings implements Surroundings {
  readonly stdout = new RecordedOutput();
  readonly stderr = new RecordedOutput();
  readonly root: CompositionRoot;
  readonly mainPath: string;
  openFilesMax: number | undefined;
  /** What the parent was told. */
  readonly told: object[] = [];
  /** The codes that the process would have ended with at once. */
  readonly exits: number[] = [];
  readonly tellParent = (message: object): void => void this.told.push(message);
  readonly #stopCallbacks = new Set<(reason: string) => void>();

  constructor(root: Partial<CompositionRoot> = {}, mainPath = 'unused') {
    const unexpected = (): never => {
      throw new Error('the test did not expect this call');
    };
    this.root = { composeService: unexpected, composeClient: unexpected, queryStatus: unexpected, ...root };
    this.mainPath = mainPath;
  }

  /** Sends a signal to whoever listens. */
  signal(reason: string): void {
    for (const callback of this.#stopCallbacks) callback(reason);
  }

  onStopRequest(callback: (reason: string) => void): () => void {
    this.#stopCallbacks.add(callback);
    return () => this.#stopCallbacks.delete(callback);
  }

  onExit(): () => void {
    return () => undefined;
  }

  exit(code: number): void {
    this.exits.push(code);
  }
}
