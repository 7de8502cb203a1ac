import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../support/repository.js';

/** What a package says of itself, as far as a test asks. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly files?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, { readonly types?: string; readonly default?: string }>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** A package as npm would publish it. */
export interface PackedPackage {
  readonly manifest: Manifest;
  /** The absolute folder of the source. */
  readonly folder: string;
  /** The absolute path of the tarball. */
  readonly tarball: string;
  /** What is in the tarball, relative to the package. */
  readonly files: readonly string[];
}

/** What `npm pack --json` says of one package. */
interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const run = promisify(execFile);

/** All packages that are published, packed into a folder of their own outside of the workspace. */
export class PublishedPackages {
  readonly folder: string;
  readonly packages: readonly PackedPackage[];

  private constructor(folder: string, packages: readonly PackedPackage[]) {
    this.folder = folder;
    this.packages = packages;
  }

  static async pack(): Promise<PublishedPackages> {
    const published = (await readManifests()).filter(({ manifest }) => manifest.private !== true);
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-packed-'));
    const words = ['pack', '--json', '--pack-destination', folder];
    for (const { manifest } of published) words.push('--workspace', manifest.name);
    const { stdout } = await run('npm', words, { cwd: repository, maxBuffer: 64 * 1024 * 1024 });
    // Newer versions of npm report by name, older ones a list.
    const reports = Object.values(JSON.parse(stdout) as Record<string, PackReport>);
    return new PublishedPackages(
      folder,
      published.map(({ manifest, folder: source }) => {
        const report = reports.find(({ name }) => name === manifest.name);
        if (report === undefined) throw new Error(`npm packed no ${manifest.name}`);
        const files = report.files.map(({ path }) => path);
        return { manifest, folder: source, tarball: join(folder, report.filename), files };
      }),
    );
  }

  get tarballs(): string[] {
    return this.packages.map(({ tarball }) => tarball);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

async function readManifests(): Promise<{ manifest: Manifest; folder: string }[]> {
  const folders = await Promise.all(
    ['packages', 'adapters'].map(async (parent) => {
      const entries = await readdir(join(repository, parent), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(repository, parent, name));
    }),
  );
  return await Promise.all(
    folders.flat().map(async (folder) => {
      const { default: manifest } = (await import(join(folder, 'package.json'), { with: { type: 'json' } })) as {
        default: Manifest;
      };
      return { manifest, folder };
    }),
  );
}
