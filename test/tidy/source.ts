import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { repository } from '../support/repository.js';

const sourceFolders = ['packages', 'adapters', 'examples', 'test', 'scripts'];
const notSources = /(^|\/)(node_modules|dist|coverage|generated)\//;
const sourceNames = /\.(ts|mts|mjs|js)$/;

/** One file of ours, as text and as a syntax tree. */
export class Source {
  #syntax: ts.SourceFile | undefined;

  /**
   * @param path relative to the root of the checkout, with slashes
   * @param text the whole content
   */
  constructor(
    readonly path: string,
    readonly text: string,
  ) {}

  get lines(): string[] {
    return this.text.replace(/\n$/, '').split('\n');
  }

  /** Whether it is a test, or a fixture of tests: those may use more than the code beside them. */
  get isSpec(): boolean {
    return /\.(spec|fixture)\.(ts|mjs)$/.test(this.path);
  }

  get syntax(): ts.SourceFile {
    this.#syntax ??= ts.createSourceFile(this.path, this.text, ts.ScriptTarget.ES2023, true);
    return this.#syntax;
  }

  /** What it imports, exports from or loads dynamically, as written. */
  get imports(): string[] {
    return ts.preProcessFile(this.text, true, true).importedFiles.map(({ fileName }) => fileName);
  }

  /** Calls `visit` for every node of the syntax tree, parents first. */
  visit(visit: (node: ts.Node) => void): void {
    const descend = (node: ts.Node): void => {
      visit(node);
      ts.forEachChild(node, descend);
    };
    descend(this.syntax);
  }

  /** Where a node is and what is wrong there, as a compiler would write it. */
  finding(node: ts.Node, problem: string): string {
    const { line } = this.syntax.getLineAndCharacterOfPosition(node.getStart());
    return `${this.path}:${line + 1} ${problem}`;
  }
}

/** Everything that we wrote: no outputs, no generated code, no dependencies. */
export function readSources(): Source[] {
  return sourceFolders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path}`)
      .filter((path) => sourceNames.test(path) && !notSources.test(path))
      .map((path) => new Source(path, readFileSync(join(repository, path), 'utf8'))),
  );
}
