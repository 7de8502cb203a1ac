import ts from 'typescript';
import type { Source } from './source.js';

const compositionRoot = 'packages/core/src/compose.ts';
const product = /^(packages|adapters)\//;

/** Uses of inversify outside of `module.ts` files and the composition root. */
export function findStrayInjection(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, imports }) => product.test(path) && imports.includes('inversify'))
    .filter(({ path, isSpec }) => path !== compositionRoot && !path.endsWith('/module.ts') && !isSpec)
    .map(({ path }) => `${path} imports inversify; that belongs into a module.ts or the composition root`);
}

/** Look-ups in a container outside of the composition root. */
export function findContainerLookups(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isSpec }) => product.test(path) && path !== compositionRoot && !isSpec)
    .flatMap((source) => {
      const findings: string[] = [];
      source.visit((node) => {
        if (isContainerLookup(node))
          findings.push(source.finding(node, 'looks up a container; only the composition root may'));
      });
      return findings;
    });
}

/** Module-level variables that change: two instances in one process would share them. */
export function findModuleState(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isSpec }) => product.test(path) && !isSpec)
    .flatMap((source) =>
      source.syntax.statements
        .filter((statement) => ts.isVariableStatement(statement))
        .filter(({ declarationList }) => (declarationList.flags & ts.NodeFlags.Const) === 0)
        .map((statement) => source.finding(statement, 'is module-level state that changes')),
    );
}

function isContainerLookup(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    /^(get|getAll|getAsync|getAllAsync)$/.test(node.expression.name.text) &&
    /container$/i.test(node.expression.expression.getText())
  );
}
