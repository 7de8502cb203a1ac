import { expect } from 'chai';
import { RecordedOutput } from '../recorded-output.fixture.js';
import { LogPrinter } from './log-printer.js';

const line = JSON.stringify({ level: 30, time: 0, pid: 7, replica: 'a', role: 'service', view: 1, msg: 'joined' });

describe('LogPrinter', () => {
  it('makes lines readable behind the name of the process', () => {
    const output = new RecordedOutput();
    const printer = new LogPrinter(['a', 'client'], false, output);
    printer.print('a', line);
    printer.print('client', 'no JSON');
    expect(output.text).to.match(/^a {6}\| \[.{12}\] INFO: joined {"view":1}\nclient \| no JSON\n$/);
  });

  it('leaves JSON alone, and makes it of what is none', () => {
    const output = new RecordedOutput();
    const printer = new LogPrinter(['a'], true, output);
    printer.print('a', line);
    printer.print('a', 'out of memory');
    expect(output.lines[0]).to.equal(line);
    expect(JSON.parse(output.lines[1] ?? '')).to.include({ level: 30, process: 'a', msg: 'out of memory' });
  });
});
