import { posix } from 'node:path';
import type { Source } from './source.js';

/** An import, resolved on the text alone. */
type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'ours'; readonly name: string; readonly area: string; readonly subpath: string }
  | { readonly kind: 'foreign'; readonly name: string };

interface Rule {
  /** The files that the rule is about. */
  readonly from: RegExp;
  /** What is wrong with the import, or undefined if nothing is. */
  problem(target: Target, source: Source): string | undefined;
}

/** Which of our packages each area may import; examples and test may import anything. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  sockets: ['contracts'],
  core: ['contracts', 'sockets'],
  cli: ['core', 'contracts'],
  testkit: ['core', 'contracts'],
  bench: ['core', 'contracts', 'cli', 'adapters'],
  adapters: ['contracts', 'sockets'],
  scripts: [],
};

/** Adapters that stand on another one: a WebSocket begins as an HTTP request, on a port that serves others too. */
const mayImportAdapter: Readonly<Record<string, string>> = { 'adapters/websocket': 'adapter-http' };

const rules: readonly Rule[] = [
  {
    from: /^(packages|adapters|scripts)\//,
    problem(target, source) {
      if (target.kind === 'ours' && target.subpath.startsWith('/dist')) return 'reaches past the exports of a package';
      if (target.kind !== 'ours' || (source.isSpec && target.area === 'testkit')) return undefined;
      if (mayImportAdapter[packageOf(source.path)] === target.name) return undefined;
      const allowed = mayImport[areaOf(source.path)] ?? [];
      return allowed.includes(target.area)
        ? undefined
        : `points the wrong way: only ${list(allowed)} may be imported here`;
    },
  },
  {
    from: /^(packages|adapters|scripts)\//,
    problem(target, source) {
      if (target.kind !== 'file' || packageOf(target.path) === packageOf(source.path)) return undefined;
      return 'leaves the package by a relative path';
    },
  },
  {
    from: /^packages\/contracts\//,
    problem(target, source) {
      return target.kind === 'foreign' && !source.isSpec ? 'gives the contracts a dependency' : undefined;
    },
  },
  {
    from: /^packages\/core\/src\/protocol\//,
    problem(target, source) {
      if (target.kind === 'file') {
        if (!target.path.startsWith('packages/core/src/protocol/')) return 'makes the protocol know what is around it';
        const isInside = source.path.split('/').length > 'packages/core/src/protocol/x.ts'.split('/').length;
        return isInside && target.path === 'packages/core/src/protocol/member.ts'
          ? 'is the wrong way round: the member knows its parts'
          : undefined;
      }
      return target.kind === 'foreign' && !source.isSpec ? 'makes the protocol impure' : undefined;
    },
  },
  {
    from: /^packages\/core\/src\/interceptors\//,
    problem(target) {
      const stages = /^packages\/core\/src\/(interceptors|protocol|executor|link)\//;
      return target.kind === 'file' && !stages.test(target.path)
        ? 'is more than an interceptor may know: protocol, executor, link, contracts'
        : undefined;
    },
  },
  {
    from: /^packages\/core\/src\/(?!index\.ts$|compose\.spec\.ts$)/,
    problem(target) {
      return target.kind === 'file' && target.path === 'packages/core/src/compose.ts'
        ? 'reaches for the composition root, which only index.ts exports'
        : undefined;
    },
  },
  {
    from: /./,
    problem(target) {
      return target.kind === 'foreign' && nodeModules.has(target.name) ? 'should begin with node:' : undefined;
    },
  },
];

const nodeModules = new Set([
  'assert',
  'buffer',
  'child_process',
  'crypto',
  'dns',
  'events',
  'fs',
  'http',
  'net',
  'os',
  'path',
  'process',
  'stream',
  'timers',
  'tls',
  'url',
  'util',
  'worker_threads',
]);

/** Imports that point against the layers of the design. */
export function findLayeringFaults(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((specifier) => {
      const target = resolve(source, specifier);
      return rules
        .filter((rule) => rule.from.test(source.path))
        .map((rule) => rule.problem(target, source))
        .filter((problem) => problem !== undefined)
        .map((problem) => `${source.path} imports '${specifier}', which ${problem}`);
    }),
  );
}

function resolve(source: Source, specifier: string): Target {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(source.path), specifier);
    return { kind: 'file', path: source.path.endsWith('.ts') ? path.replace(/\.js$/, '.ts') : path };
  }
  const [, ours, subpath = ''] = /^@lockstep\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (ours) return { kind: 'ours', name: ours, area: ours.startsWith('adapter-') ? 'adapters' : ours, subpath };
  return { kind: 'foreign', name: specifier };
}

function areaOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'packages' ? second : first;
}

/** The folder of the package that a file belongs to; what is in none belongs to the root. */
function packageOf(path: string): string {
  return /^((packages|adapters)\/[^/]+|examples|test)\//.exec(path)?.[1] ?? '';
}

function list(areas: readonly string[]): string {
  return areas.length === 0 ? 'nothing of ours' : areas.join(' and ');
}
