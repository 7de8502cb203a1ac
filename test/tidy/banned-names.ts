import ts from 'typescript';
import type { Source } from './source.js';

const protocol = /^packages\/core\/src\/protocol\//;

/** Clocks, randomness, scheduling and the world outside: what would make two runs of the same input differ. */
const bannedGlobals = new Set([
  ...['Date', 'performance', 'Intl', 'crypto', 'process', 'globalThis', 'console', 'Buffer'],
  ...['Promise', 'queueMicrotask', 'setTimeout', 'setInterval', 'setImmediate', 'WeakRef', 'FinalizationRegistry'],
]);

/** Members whose answer depends on chance or on the locale of the host. */
const bannedMembers = new Set(['random', 'localeCompare', 'toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase']);

/** What the pure protocol must not mention. Specs beside it are free to. */
export function findBannedNames(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isSpec }) => protocol.test(path) && !isSpec)
    .flatMap((source) => {
      const findings: string[] = [];
      source.visit((node) => {
        const name = bannedName(node);
        if (name) findings.push(source.finding(node, `uses ${name}, but the protocol is pure`));
      });
      return findings;
    });
}

function bannedName(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AwaitKeyword) return 'await';
  if (!ts.isIdentifier(node)) return undefined;
  const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  if (isMember) return bannedMembers.has(node.text) ? node.text : undefined;
  return bannedGlobals.has(node.text) && !isDeclaredMember(node) ? node.text : undefined;
}

/** Whether the identifier only names a member of ours, as in `{ process: 1 }`. */
function isDeclaredMember(node: ts.Identifier): boolean {
  const { parent } = node;
  const isMemberDeclaration = ts.isPropertyAssignment(parent) || ts.isTypeElement(parent) || ts.isClassElement(parent);
  return isMemberDeclaration && parent.name === node;
}
