import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runScenario } from '@lockstep/testkit/simulator';
import { expect } from 'chai';
import { scenarios } from './scenarios.js';

/** `UPDATE_TRANSCRIPTS=1 npm test -- test/simulation` writes them anew; whoever does so reads the difference. */
const isUpdate = process.env['UPDATE_TRANSCRIPTS'] === '1';

describe('Transcripts of scripted worlds', () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`${name}: happens as it is written down`, () => {
      // The compiled spec is in test/dist/simulation.
      const path = fileURLToPath(new URL(`../../simulation/transcripts/${name}.txt`, import.meta.url));
      const transcript = `${runScenario(scenario).join('\n')}\n`;
      if (isUpdate) writeFileSync(path, transcript);
      expect(transcript).to.equal(readFileSync(path, 'utf8'));
    });
  }
});
