import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '@lockstep/contracts';
import { expect } from 'chai';
import { repository } from '../support/repository.js';
import { rowsInDocument } from './error-codes.js';

describe('tidy: error codes', () => {
  const rows = rowsInDocument(readFileSync(join(repository, 'docs/errors.md'), 'utf8'));

  it('docs/errors.md lists the codes of the code with their meaning, sorted', () => {
    expect(rows).not.to.have.lengthOf(0);
    const meanings = Object.entries(errorCodes).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(rows.map(([code, meaning]) => [code, meaning])).to.deep.equal(meanings);
  });

  it('docs/errors.md says of each what to do', () => {
    for (const row of rows) {
      expect(row, row[0]).to.have.lengthOf(3);
      expect(row[2], row[0]).not.to.equal('');
    }
  });

  it('reads the rows of a table', () => {
    const table = '| code | meaning |\n| --- | --- |\n| `A` | b | `c` and `d` |\n';
    expect(rowsInDocument(table)).to.deep.equal([['A', 'b', '`c` and `d`']]);
  });
});
