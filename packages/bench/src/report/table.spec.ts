import { expect } from 'chai';
import { renderTable } from './table.js';

describe('bench: tables', () => {
  it('align numbers with their decimals, and leave out what is not there', () => {
    const text = renderTable({
      title: 'ways',
      columns: [{ heading: 'way' }, { heading: 'p50 µs' }, { heading: 'added %', decimals: 1 }],
      rows: [
        ['direct', 31.6],
        ['two hops', 1234567, 12.25],
        ['nothing done', 0, Infinity],
      ],
      notes: ['HAProxy: absent, it is not installed.'],
    });
    expect(text).to.equal(`### ways

| way          |    p50 µs | added % |
| ------------ | --------: | ------: |
| direct       |        32 |         |
| two hops     | 1,234,567 |    12.3 |
| nothing done |         0 |         |

- HAProxy: absent, it is not installed.
`);
  });
});
