import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const text = `group: kv
replicas:
  a: { link: 127.0.0.1:7591, vars: { port: 7594 } }
  b: { link: 127.0.0.1:7592, vars: { port: 7595 } }
  w: { link: 127.0.0.1:7593, witness: true }
endpoints:
  cache:
    adapter: ./adapter.mjs
    client: { listen: 127.0.0.1:0 }
    service: { connect: '127.0.0.1:\${port}' }
`;

const adapter = `export const adapter = {
  kind: 'faces', defaultGate: 'none', parseOptions: (options) => options, module: () => undefined,
};`;

/** A folder of its own with a configuration file in it, an adapter, and whatever else a test needs. */
export class ConfigurationFile {
  readonly directory = mkdtempSync(join(tmpdir(), 'lockstep-'));
  readonly path = join(this.directory, 'kv.yaml');

  constructor() {
    writeFileSync(this.path, text);
    writeFileSync(join(this.directory, 'adapter.mjs'), adapter);
  }

  /** Writes another file beside it. */
  add(name: string, content: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  /** Writes a variant of the configuration beside it, in which a piece of text is replaced. */
  variant(name: string, from: string, to: string): string {
    return this.add(name, text.replace(from, to));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
