import { closeSync } from 'node:fs';
import { connect, Socket } from 'node:net';

/**
 * A program whose standard streams are in the hands of a test: what the test sends is put out, what comes in is sent to
 * the test. A second connection says how the input ended, because that of a process that is killed seems to end, too.
 */
const [dataPort = 0, controlPort = 0] = process.argv.slice(2).map(Number);
const data = connect({ port: dataPort, host: '127.0.0.1', allowHalfOpen: true });
const control = connect({ port: controlPort, host: '127.0.0.1' });
const stdout = new Socket({ fd: 1, readable: false, writable: true });

data.once('connect', () => {
  control.write(`${process.pid} ${data.localPort}\n`);
  process.stdin.pipe(data);
  process.stdin.once('end', () => control.end('ended\n'));
});
data.pipe(stdout);
// Node itself never closes the first three descriptors.
stdout.once('finish', () => closeSync(1));
