/**
 * Stands for the lockstep command in the demo's own tests: it has the same words and the same status, and keeps three
 * services alike by the simplest means there is. Its `client` remembers every request line there ever was, sends all
 * of them to every service, and again from the first to a service that comes back.
 *
 * FAKE_FAULT makes it do what Lockstep must never do, to see that the demo finds out:
 * lose, double, close, diverge.
 */
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { dirname } from 'node:path';
import { readConfiguration } from '../demo/configuration.mjs';

/** The request that a fault happens to. */
const VICTIM = 100;
const RETRY_MS = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { config: { type: 'string', short: 'c' }, replica: { type: 'string' }, json: { type: 'boolean' } },
});
const { clientPort, replicas, path } = readConfiguration(values.config);
const fault = process.env.FAKE_FAULT;

const commands = { service: runService, client: runClient, status: printStatus };
await commands[positionals[0]]();

async function runService() {
  const { name, linkPort, servicePort } = replicas.find((replica) => replica.name === values.replica);
  const startedAt = Date.now();
  const service = spawn(process.execPath, ['service/main.mjs', '--port', `${servicePort}`], { cwd: dirname(path) });
  process.on('SIGTERM', () => {
    service.kill('SIGTERM');
    service.on('exit', () => process.exit(0));
  });
  service.stdout.once('data', () => {
    const about = { name, reachable: true, state: 'member', pid: process.pid, servicePid: service.pid, startedAt };
    createServer((socket) => socket.on('error', () => {}).end(JSON.stringify(about))).listen(linkPort, '127.0.0.1');
  });
}

async function printStatus() {
  const members = await Promise.all(replicas.map(({ name, linkPort }) => askMember(name, linkPort)));
  const ranked = members.filter((member) => member.reachable).sort((a, b) => a.startedAt - b.startedAt);
  for (const [rank, member] of ranked.entries()) {
    const attached = rank === ranked.length - 1;
    Object.assign(member, { rank, sequencer: rank === 0, ordered: 0, clients: [{ id: 'c', epoch: 1, attached }] });
  }
  console.log(JSON.stringify({ group: 'fake', members }));
}

function askMember(name, port) {
  return new Promise((resolve) => {
    let text = '';
    connect({ port, host: '127.0.0.1' })
      .on('data', (more) => (text += more))
      .on('error', () => resolve({ name, reachable: false }))
      .on('end', () => resolve(JSON.parse(text)));
  });
}

async function runClient() {
  process.on('SIGTERM', () => process.exit(0));
  const order = [];
  const feeds = replicas.map((replica) => followOrder(replica, order));
  createServer({ noDelay: true }, (client) => {
    client.on('error', () => {});
    createInterface({ input: client }).on('line', (line) => {
      for (const entry of misbehave({ line, client, answered: 0 }, order)) order.push(entry);
      for (const feed of feeds) feed();
    });
  }).listen(clientPort, '127.0.0.1');
}

/** @returns {object[]} what becomes of a request, with `order` holding all before it: itself, if nothing is wrong */
function misbehave(entry, order) {
  if (order.length !== VICTIM || order.done) return [entry];
  order.done = true;
  if (fault === 'lose') return [];
  if (fault === 'double') return [entry, { ...entry, answered: 1 }];
  if (fault === 'diverge') entry.only = 'b';
  if (fault === 'close') entry.client.destroy();
  return [entry];
}

/** Sends one service all of the order, from its start whenever the service is a new one. */
function followOrder({ name, servicePort }, order) {
  let socket = null;
  let sent = 0;
  const feed = () => {
    if (socket === null) return;
    for (; sent < order.length; sent += 1) {
      const { line, only } = order[sent];
      socket.write(only && only !== name ? `${line}-otherwise\n` : `${line}\n`);
    }
  };
  const open = () => {
    const attempt = connect({ port: servicePort, host: '127.0.0.1', noDelay: true });
    let replies = 0;
    attempt.on('connect', () => {
      socket = attempt;
      sent = 0;
      feed();
    });
    createInterface({ input: attempt })
      .on('line', (reply) => answerOnce(order[replies++], reply))
      .on('error', () => {});
    attempt.on('error', () => {});
    attempt.on('close', () => {
      socket = null;
      setTimeout(open, RETRY_MS);
    });
  };
  open();
  return feed;
}

/** Passes the first of the three replies on to the client. */
function answerOnce(entry, reply) {
  entry.answered += 1;
  if (entry.answered === 1 && !entry.client.destroyed) entry.client.write(`${reply}\n`);
}
