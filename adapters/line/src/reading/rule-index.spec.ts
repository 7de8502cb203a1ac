import { expect } from 'chai';
import fc from 'fast-check';
import { memcachedPreset } from '../options/memcached-preset.js';
import { parseOptions } from '../options/parse-options.js';
import { firstCharacters, RuleIndex } from './rule-index.js';

describe('RuleIndex', () => {
  const known: [source: string, characters: string | undefined][] = [
    ['^LIST', 'L'],
    ['^(?:set|add|replace)', 'sar'],
    ['^(?:gets?|gats?) ', 'gg'],
    ['^m[sgda] ', 'm'],
    ['^a+', 'a'],
    ['^ ', ' '],
    ['^(?:a|b)+', 'ab'],
    ['LIST', undefined],
    ['^a?b', undefined],
    ['^a*b', undefined],
    ['^a{0,2}b', undefined],
    ['^(?:a|b)?c', undefined],
    ['^(?:a?b|c)', undefined],
    ['^(?:a|)b', undefined],
    ['^(?:a(?:b|c)|d)', undefined],
    ['^a|b', undefined],
    ['^a[|]b', 'a'],
    ['^a\\|b', 'a'],
    ['^(a|b)', undefined],
    ['^(?=a)b', undefined],
    ['^(?!a)', undefined],
    ['^[ab]', undefined],
    ['^\\d', undefined],
    ['^.', undefined],
    ['^', undefined],
    ['^$', undefined],
    ['', undefined],
  ];
  for (const [source, characters] of known) {
    it(`${source} begins with ${characters ?? 'anything'}`, () => {
      expect(firstCharacters(source)).to.equal(characters);
    });
  }

  it('finds what trying all rules in order finds', () => {
    const { requests } = parseOptions(memcachedPreset);
    const index = new RuleIndex(requests);
    const word = fc.constantFrom(
      'set',
      'get',
      'incr',
      'cas',
      'ms',
      'mg',
      'quit',
      'k',
      '0',
      '5',
      'noreply',
      'q',
      '\0',
      '',
    );
    const line = fc.array(word, { maxLength: 7 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(line, (text) => {
        expect(index.find(text)).to.equal(requests.find(({ request }) => request.test(text)));
      }),
      { numRuns: 5000 },
    );
  });
});
