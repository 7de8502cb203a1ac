import { expect } from 'chai';
import { expandVariables } from './variables.js';

describe('expandVariables', () => {
  const variables = new Map([
    ['port', '7511'],
    ['greeting', '$& ${port}'],
  ]);

  it('fills in every reference, once', () => {
    expect(expandVariables('${port}:${port}', variables)).to.deep.equal({ text: '7511:7511', unknown: [] });
    expect(expandVariables('${greeting}', variables).text).to.equal('$& ${port}');
  });

  it('takes a doubled dollar sign for text', () => {
    expect(expandVariables('$${port} $5 $port', variables)).to.deep.equal({ text: '${port} $5 $port', unknown: [] });
  });

  it('leaves what it does not know, and says so', () => {
    expect(expandVariables('${a} ${port} ${b:-c} ${d', variables)).to.deep.equal({
      text: '${a} 7511 ${b:-c} ${d',
      unknown: ['${a}', '${b:-c}', '${'],
    });
  });
});
