import { expect } from 'chai';
import { LockstepError } from '@lockstep/contracts';
import { parseCommandLine } from './command-line.js';

describe('parseCommandLine', () => {
  const accepted: [text: string, words: string[]][] = [
    ['redis-server --port 6380 --save ""', ['redis-server', '--port', '6380', '--save', '']],
    ['  memcached\t-p 1  ', ['memcached', '-p', '1']],
    ["sh -c 'a | b $c'", ['sh', '-c', 'a | b $c']],
    ['a "b \'c\' \\"d\\" \\\\ \\n"', ['a', 'b \'c\' "d" \\ \\n']],
    ['a\\ b c\\\\d', ['a b', 'c\\d']],
    ['a\'b\'"c"d', ['abcd']],
    ['node a#b c~d --x=y', ['node', 'a#b', 'c~d', '--x=y']],
  ];
  for (const [text, words] of accepted) {
    it(`takes ${text} apart`, () => {
      expect(parseCommandLine(text)).to.deep.equal(words);
    });
  }

  const refused: [text: string, reason: RegExp][] = [
    ['a | b', /contains \|, which only a shell understands.*single quotes.*sh -c/],
    ['a && b', /contains &/],
    ['a > b', /contains >/],
    ['a $b', /contains \$/],
    ['a "$b"', /contains \$/],
    ['a *', /contains \*/],
    ['a ~/b', /contains ~/],
    ['a # b', /contains #/],
    ['a\nb', /contains a line break/],
    ['a "b', /opens a quote "/],
    ["a 'b", /opens a quote '/],
    ['', /names no program/],
    ['""', /names no program/],
    ['A=1 b', /begins with a variable.*"env"/],
  ];
  for (const [text, reason] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseCommandLine(text)).to.throw(LockstepError, reason);
    });
  }
});
