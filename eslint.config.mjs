import { readFileSync } from 'node:fs';
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// The compiler and the linter look at the same projects.
const { references } = JSON.parse(readFileSync(new URL('tsconfig.json', import.meta.url), 'utf8'));
const projects = references.map(({ path }) => (path.endsWith('.json') ? path : `${path}/tsconfig.json`));

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', 'packages/core/src/wire/generated/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  { rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.spec.mjs'],
    languageOptions: { globals: globals.mocha },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: projects, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Assertions of chai are expressions: expect(x).to.be.true.
    files: ['**/*.spec.ts', 'packages/testkit/src/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
