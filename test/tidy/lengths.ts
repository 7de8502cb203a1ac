import ts from 'typescript';
import type { Source } from './source.js';

const fileLinesMax = 400;
const functionLinesMax = 70;

/** The median length of our files must not pass this. */
export const medianLinesMax = 120;

/** Files that are too long and do not say in their first lines why: `// Length: <reason>`. */
export function findLongFiles(sources: readonly Source[]): string[] {
  return sources
    .filter(
      ({ lines }) => lines.length > fileLinesMax && !lines.slice(0, 10).some((line) => /^\/\/ Length: \S/.test(line)),
    )
    .map(
      ({ path, lines }) =>
        `${path} has ${lines.length} lines; at most ${fileLinesMax}, or say why with "// Length: <reason>"`,
    );
}

/** Functions that are too long. What `describe` is given is a list of tests, not a function that one reads at once. */
export function findLongFunctions(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const findings: string[] = [];
    source.visit((node) => {
      if (!ts.isFunctionLike(node) || isSuite(node)) return;
      const length = linesOf(source, node) - linesOfSuitesIn(source, node);
      if (length > functionLinesMax) {
        findings.push(source.finding(node, `is a function of ${length} lines; at most ${functionLinesMax}`));
      }
    });
    return findings;
  });
}

/** The median length, in lines, of the files that are not specs. */
export function medianLength(sources: readonly Source[]): number {
  const lengths = sources
    .filter(({ isSpec }) => !isSpec)
    .map(({ lines }) => lines.length)
    .sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

function linesOf(source: Source, node: ts.Node): number {
  const lineAt = (position: number): number => source.syntax.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.getEnd()) - lineAt(node.getStart()) + 1;
}

function linesOfSuitesIn(source: Source, node: ts.Node): number {
  let lines = 0;
  ts.forEachChild(node, function descend(child) {
    if (isSuite(child)) lines += linesOf(source, child);
    else ts.forEachChild(child, descend);
  });
  return lines;
}

function isSuite(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isFunctionLike(node) || !ts.isCallExpression(parent)) return false;
  return ts.isIdentifier(parent.expression) && parent.expression.text === 'describe';
}
