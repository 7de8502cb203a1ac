import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgramCommand, ServiceFace } from '@lockstep/contracts';
import type { ConversationService } from '@lockstep/testkit';
import type { ProgramRunner } from './service/program-runner.js';

/** A program that does what the first line of its input says, or its first argument. */
const script = `#!/bin/sh
what="$1"
[ "$what" ] || read -r what
case "$what" in
  echo) exec cat ;;
  count) exec wc -c ;;
  source) head -c 150000 /dev/zero | tr '\\0' x ;;
  apart) echo out; echo err >&2; exit 3 ;;
  die) kill -TERM $$ ;;
  early) exec <&-; echo gone ;;
  words) shift; printf '%s|' "$@" ;;
esac
`;

/** What to run for a service that `servePrograms` has started. */
export function scriptCommand(folder: string): ProgramCommand {
  return {
    words: [join(folder, 'program')],
    directory: folder,
    environment: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  };
}

/** Puts the script into a folder of its own, which is its address. */
export function servePrograms(): Promise<ConversationService> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-programs-'));
  writeFileSync(join(folder, 'program'), script);
  chmodSync(join(folder, 'program'), 0o700);
  return Promise.resolve({
    address: folder,
    close: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  });
}

/**
 * The face without its word about a host that cannot run the program: in the suites all hosts are the same, and what they
 * cannot run is told to clients.
 */
export function withoutLoss(makeFace: (runner: ProgramRunner) => ServiceFace, runner: ProgramRunner): ServiceFace {
  const face = makeFace(runner);
  return { connect: () => face.connect(), probe: () => face.probe(), close: () => face.close?.() };
}
