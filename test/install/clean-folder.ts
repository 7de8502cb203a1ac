import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An installation may fetch much over a slow line. */
const commandMsMax = 240_000;

/** An empty folder outside of the workspace, as a user begins with. */
export class CleanFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<CleanFolder> {
    return new CleanFolder(await mkdtemp(join(tmpdir(), 'lockstep-clean-')));
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.path, name), text);
  }

  /**
   * Installs packages there, with what they need from the registry.
   *
   * @param folder below the clean one
   */
  async install(tarballs: readonly string[], folder = '.'): Promise<void> {
    await this.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], folder);
  }

  /**
   * Runs a command there to its end.
   *
   * @returns what it wrote to its standard output
   * @throws Error with all that it wrote, if it failed
   */
  async run(command: string, words: readonly string[], folder = '.'): Promise<string> {
    try {
      const { stdout } = await run(command, words, {
        cwd: join(this.path, folder),
        env: cleanEnvironment(),
        timeout: commandMsMax,
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${command} ${words.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}

/** Without what npm tells the scripts that it runs, as these tests are: it would lead back to the workspace. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|INIT_CWD$|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(entries);
}
