// The layers of the design, checked on what the compiler resolves. test/tidy/layering.ts checks the same on the source
// text, and more; the two keep each other honest.

const protocol = '^packages/core/src/protocol/';
const spec = '[.](spec|fixture)[.](ts|mjs)$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other; code that runs may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'nothing-imports-examples-or-tests',
      severity: 'error',
      from: { pathNot: '^(examples|test)/' },
      to: { path: '^(examples|test)/' },
    },
    {
      name: 'contracts-import-nothing',
      severity: 'error',
      from: { path: '^packages/contracts/', pathNot: spec },
      to: { pathNot: '^packages/contracts/' },
    },
    {
      name: 'sockets-import-contracts',
      severity: 'error',
      from: { path: '^packages/sockets/', pathNot: spec },
      to: { path: '^(packages|adapters)/', pathNot: '^packages/(sockets|contracts)/' },
    },
    {
      name: 'adapters-import-contracts-and-sockets',
      severity: 'error',
      from: { path: '^adapters/', pathNot: spec },
      to: { path: '^packages/', pathNot: '^packages/(contracts|sockets)/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/', pathNot: '^adapters/websocket/' },
      to: { path: '^adapters/', pathNot: '^adapters/$1/' },
    },
    {
      name: 'websocket-knows-http-alone',
      comment: 'A WebSocket begins as an HTTP request, on a port that serves others too.',
      severity: 'error',
      from: { path: '^adapters/websocket/' },
      to: { path: '^adapters/', pathNot: '^adapters/(websocket|http)/' },
    },
    {
      name: 'core-imports-contracts-and-sockets',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: spec },
      to: { path: '^(packages|adapters)/', pathNot: '^packages/(core|contracts|sockets)/' },
    },
    {
      name: 'cli-and-testkit-import-core',
      severity: 'error',
      from: { path: '^packages/(cli|testkit)/' },
      to: { path: '^(packages|adapters)/', pathNot: '^packages/($1|core|contracts)/' },
    },
    {
      name: 'protocol-is-pure',
      severity: 'error',
      from: { path: protocol, pathNot: spec },
      to: { pathNot: `${protocol}|^packages/contracts/` },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '/generated/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
};
