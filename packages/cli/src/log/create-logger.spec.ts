import { LockstepError } from '@lockstep/contracts';
import { expect } from 'chai';
import { RecordedOutput } from '../recorded-output.fixture.js';
import { createLogger } from './create-logger.js';

class RecordedTerminal extends RecordedOutput {
  readonly isTTY = true;
}

describe('createLogger', () => {
  const options = { logLevel: 'info', logJson: false } as const;

  it('writes JSON where nobody reads along', () => {
    const output = new RecordedOutput();
    const logger = createLogger(options, { role: 'service', replica: 'a' }, output);
    logger.child({ view: 3 }).info({ members: 2 }, 'installed');
    logger.debug({}, 'not this');
    expect(output.lines).to.have.lengthOf(1);
    expect(JSON.parse(output.text)).to.include({
      role: 'service',
      replica: 'a',
      view: 3,
      members: 2,
      msg: 'installed',
    });
  });

  it('writes for people on a terminal, unless it is told otherwise', () => {
    const [terminal, json] = [new RecordedTerminal(), new RecordedTerminal()];
    createLogger(options, { role: 'client' }, terminal).warn({ view: 3 }, 'slow');
    createLogger({ ...options, logJson: true }, { role: 'client' }, json).warn({ view: 3 }, 'slow');
    // eslint-disable-next-line no-control-regex -- colours are control characters
    expect(terminal.text.replaceAll(/\u001b\[\d+m/g, '')).to.match(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: slow {"view":3}\n$/,
    );
    expect(JSON.parse(json.text)).to.include({ msg: 'slow' });
  });

  it('logs an operating error without its stack, and a mistake with it', () => {
    const output = new RecordedOutput();
    const logger = createLogger(options, {}, output);
    logger.error({ err: new LockstepError('ERR_LOCKSTEP_LISTEN', 'no such address') }, 'failed');
    logger.error({ err: new Error('invariant') }, 'failed');
    const [operating, mistake] = output.lines.map((line) => (JSON.parse(line) as { err: object }).err);
    expect(operating).to.deep.equal({ code: 'ERR_LOCKSTEP_LISTEN', message: 'no such address', retryable: false });
    expect(mistake).to.have.property('stack');
  });
});
