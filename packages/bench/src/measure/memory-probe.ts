import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Loaded in front of a program whose memory is measured: at SIGUSR2 it collects garbage and writes down what is left. The URL
// that it is loaded by says where to.

const folder = new URL(import.meta.url).searchParams.get('folder')!;

process.on('SIGUSR2', () => {
  // The first collection lets go of what the second one can free.
  globalThis.gc!();
  globalThis.gc!();
  const { rss, heapUsed, external } = process.memoryUsage();
  const path = join(folder, `memory-${process.pid}.json`);
  writeFileSync(`${path}.new`, JSON.stringify({ residentBytes: rss, liveBytes: heapUsed + external }));
  renameSync(`${path}.new`, path);
});
