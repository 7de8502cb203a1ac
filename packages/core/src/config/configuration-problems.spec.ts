import { expect } from 'chai';
import { ConfigurationError } from './configuration-error.js';
import { parseConfiguration } from './load-configuration.js';

/** A file in which nothing is wrong; the cases below replace single lines of it. */
const good = [
  'group: kv', // 1
  'replicas:', // 2
  '  a: { link: 127.0.0.1:7501, vars: { port: 7511 } }', // 3
  '  b: { link: 127.0.0.1:7502, vars: { port: 7512 } }', // 4
  'service:', // 5
  '  run: memcached -p ${port}', // 6
  'endpoints:', // 7
  '  cache:', // 8
  '    adapter: line', // 9
  '    client: { listen: 127.0.0.1:7500 }', // 10
  "    service: { connect: '127.0.0.1:${port}' }", // 11
];

/** What is wrong with the good file after its line `number` was replaced; further lines go to the end. */
function problemsWith(number: number, ...lines: string[]): string[] {
  const [replacement = '', ...appended] = lines;
  return problemsOf([...good.with(number - 1, replacement), ...appended].join('\n'));
}

/** What is wrong with the good file after lines were appended. */
function problemsAfter(...lines: string[]): string[] {
  return problemsOf([...good, ...lines].join('\n'));
}

function problemsOf(text: string): string[] {
  try {
    parseConfiguration(text, 'kv.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ line, column, what, remedy }) => `${line}:${column}: ${what}. ${remedy}`);
  }
}

describe('problems of a configuration: keys', () => {
  it('has none to begin with', () => {
    expect(problemsAfter()).to.deep.equal([]);
  });

  it('suggests the key that was meant, and does not call it missing', () => {
    expect(problemsWith(1, 'gruop: kv')).to.deep.equal([
      '1:1: "gruop" is not a key of the file. Did you mean "group"?',
    ]);
    expect(problemsWith(3, '  a: { lnk: 127.0.0.1:7501, vars: { port: 1 } }')).to.deep.equal([
      '3:8: "lnk" is not a key of replicas.a. Did you mean "link"?',
    ]);
  });

  it('says where a key belongs that is known elsewhere', () => {
    expect(problemsWith(10, '    client: { listen: 127.0.0.1:7500 }', '    transfer: replay')).to.deep.equal([
      '12:5: "transfer" is not a key of endpoints.cache. It belongs under service.state.',
    ]);
  });

  it('lists what is known when nothing is near', () => {
    expect(problemsAfter('limits: { elephants: 3 }')).to.deep.equal([
      '12:11: "elephants" is not a key of limits. Known keys here are connectionWindowBytes, processCacheBytes, ' +
        'historyBytes, maxConnections.',
    ]);
  });

  it('tells servers from programs', () => {
    expect(problemsWith(11, '    service: {}')).to.deep.equal([
      '11:14: endpoints.cache.service does not say where the service listens. ' +
        'Write where it does, for example service: { connect: 127.0.0.1:6380 }.',
    ]);
    expect(problemsWith(11, '    service: { connect: 127.0.0.1:1, run: bc }')).to.deep.include(
      '11:43: endpoints.cache has an address for clients, but its service is a program. ' +
        'Write the command that runs a server under service, at the top; or remove client, and use `lockstep stdio`.',
    );
    const program = good.toSpliced(9, 2, '    service: { run: "bc -l ${name}" }');
    expect(problemsOf(program.join('\n'))).to.deep.equal([]);
    expect(problemsOf(program.with(5, '  env: { TZ: CET }').join('\n'))).to.deep.equal([]);
  });

  it('points at the parent of what is missing', () => {
    expect(problemsWith(10, '')).to.deep.equal([
      '8:3: endpoints.cache.client is missing. Write where clients connect, for example client: { listen: 127.0.0.1:6379 }.',
    ]);
    expect(problemsWith(9, '')).to.deep.equal([
      '8:3: endpoints.cache.adapter is missing. ' +
        'Write tcp, line, http, websocket, stdio, exec, a package name, or a path that starts with ./, for example ./my-adapter.js.',
    ]);
  });

  it('refuses names that would be awkward elsewhere', () => {
    const rule =
      'Write 1 to 64 letters, digits, _, . or -, starting with a letter or digit; put digits alone in quotes.';
    expect(problemsWith(1, 'group: key value')).to.deep.equal([`1:8: group is "key value". ${rule}`]);
    expect(problemsWith(1, 'group: 7')).to.deep.equal([`1:8: group is 7. ${rule}`]);
    expect(problemsWith(8, '  -x:')).to.deep.equal([`8:3: "-x" cannot be a name here. ${rule}`]);
    expect(problemsWith(8, '  __proto__:')).to.deep.equal(['8:3: "__proto__" cannot be a name. Choose another.']);
  });
});

describe('problems of a configuration: values', () => {
  it('says what it found, what it expected, and an example', () => {
    expect(problemsWith(3, '  a: { link: 7501, vars: { port: 1 } }')).to.deep.equal([
      '3:14: replicas.a.link is 7501. Write host:port, for example 10.0.0.1:7400, or unix:/path.',
    ]);
    expect(problemsWith(10, '    client: { listen: 127.0.0.1:70000 }')).to.deep.equal([
      '10:23: endpoints.cache.client.listen is "127.0.0.1:70000". ' +
        'The port goes from 0 to 65535, for example 127.0.0.1:6379.',
    ]);
    expect(problemsWith(10, '    client:')).to.deep.equal([
      '10:12: endpoints.cache.client is empty. Write where clients connect, for example client: { listen: 127.0.0.1:6379 }.',
    ]);
    expect(problemsAfter('timing: { suspectAfterMs: 1s }')).to.deep.equal([
      '12:27: timing.suspectAfterMs is "1s". Write a whole number of milliseconds from 1 to 3600000, for example 1000.',
    ]);
    expect(problemsAfter('limits: { historyBytes: 12 }')).to.deep.equal([
      '12:25: limits.historyBytes is 12. ' +
        'Write a number of bytes from 1024 up, plain or with KiB, MiB or GiB, for example 1 GiB.',
    ]);
    expect(problemsAfter('replicas: []').slice(-1)).to.deep.equal([
      '12:1: this key is given twice. Remove one of the two.',
    ]);
  });

  it('refuses port 0 where others would have to guess it', () => {
    expect(problemsWith(3, '  a: { link: 127.0.0.1:0, vars: { port: 1 } }')).to.deep.equal([
      '3:14: replicas.a.link is "127.0.0.1:0". The port goes from 1 to 65535, for example 10.0.0.1:7400.',
    ]);
  });

  it('suggests the word that was meant', () => {
    expect(problemsWith(9, '    adapter: line\n    gate: replies')).to.deep.equal([
      '10:11: endpoints.cache.gate is "replies". Did you mean reply? Write one of reply, probe, consumed, none.',
    ]);
  });

  it('says which state transfer there is', () => {
    expect(problemsWith(6, '  state: { transfer: snapshot }')).to.deep.equal([
      '6:22: service.state.transfer is "snapshot". Write replay.',
    ]);
  });

  it('says that TLS is not there yet, however it is asked for', () => {
    const remedy = 'Keep links on a network that you trust, and say so with `security: none`.';
    expect(problemsAfter('tls: { ca: ca.pem }')).to.deep.equal([`12:1: links over TLS are not there yet. ${remedy}`]);
    expect(problemsAfter('security: tls')).to.deep.equal([
      `12:11: security is "tls". Links over TLS are not there yet. ${remedy}`,
    ]);
    expect(problemsAfter('security: { tls: { ca: ca.pem } }')).to.deep.equal([
      `12:11: security is a group of keys. Links over TLS are not there yet. ${remedy}`,
    ]);
  });
});

describe('problems of a configuration: variables', () => {
  it('names the replicas that lack one, at the reference itself', () => {
    expect(problemsWith(4, '  b: { link: 127.0.0.1:7502 }')).to.deep.equal([
      '6:21: service.run refers to ${port}, which replica b does not have. ' +
        'Add it to replicas.b.vars, or write $${port} for the text itself.',
      '11:36: endpoints.cache.service.connect refers to ${port}, which replica b does not have. ' +
        'Add it to replicas.b.vars, or write $${port} for the text itself.',
    ]);
  });

  it('says once what no replica has, and what was meant', () => {
    expect(problemsWith(6, '  run: memcached -p ${prot}')).to.deep.equal([
      '6:21: service.run refers to ${prot}, which no replica has. Did you mean ${port}?',
    ]);
  });

  it('knows that a client interceptor is no replica', () => {
    expect(problemsWith(10, "    client: { listen: '127.0.0.1:${port}' }")).to.deep.equal([
      '10:34: endpoints.cache.client.listen refers to ${port}, which is not known here. ' +
        'A client interceptor is no replica: only ${group} is filled in here.',
    ]);
  });

  it('finds a brace that is never closed', () => {
    expect(problemsWith(6, '  run: memcached -p ${port')).to.deep.equal([
      '6:21: service.run has a ${ that is never closed. Close it with }, or write $${ for the text itself.',
    ]);
  });

  it('checks the form of what comes out', () => {
    expect(problemsWith(3, '  a: { link: 127.0.0.1:7501, vars: { port: http } }')).to.deep.equal([
      '11:25: endpoints.cache.service.connect is "127.0.0.1:http". Write host:port, for example 127.0.0.1:6380, or unix:/path.',
    ]);
  });

  it('keeps the names of built-in variables free', () => {
    expect(problemsWith(3, '  a: { link: 127.0.0.1:7501, vars: { port: 7511, name: x } }')).to.deep.equal([
      '3:50: "name" cannot be a name here. Write a letter or _ first, then letters, digits, _ or -; name and group are taken.',
    ]);
  });

  it('does not ask a witness for the variables of a service', () => {
    expect(problemsWith(2, 'replicas:\n  w: { link: 127.0.0.1:7503, witness: true }')).to.deep.equal([]);
  });
});

describe('problems of a configuration: what keys have to do with each other', () => {
  it('refuses two replicas with one link', () => {
    expect(problemsWith(4, '  b: { link: 127.0.0.1:7501, vars: { port: 7512 } }')).to.deep.equal([
      '4:14: replicas a and b have the same link, 127.0.0.1:7501. Give each its own address or port.',
    ]);
  });

  it('refuses two replicas with one service', () => {
    expect(problemsWith(4, '  b: { link: 127.0.0.1:7502, vars: { port: 7511 } }')).to.deep.equal([
      '11:25: replicas a and b would share one service, 127.0.0.1:7511. ' +
        'Give each its own port: add `vars: { port: … }` to each replica and write ${port} here.',
    ]);
  });

  it('takes unix sockets wherever ports can stand, and knows that they stay on the machine', () => {
    const unix = (name: string): string => `  ${name}: { link: unix:/run/kv-${name}.link, vars: { port: 7511 } }`;
    const lines = [...good];
    lines[2] = unix('a');
    lines[3] = unix('b');
    lines[9] = '    client: { listen: unix:/run/kv.sock }';
    lines[10] = '    service: { connect: "unix:/run/kv-${name}.sock" }';
    expect(problemsOf(lines.join('\n'))).to.deep.equal([]);
    lines[10] = '    service: { connect: unix:/run/kv-a.sock }';
    expect(problemsOf(lines.join('\n'))[0]).to.match(/would share one service, unix:.* write \$\{name\} in its path/);
    lines[10] = '    service: { connect: unix:/run/kv.sock }';
    expect(problemsOf(lines.join('\n'))[0]).to.match(/on unix:\/run\/kv.sock, where the client interceptor listens/);
  });

  it('refuses the path of a unix socket that is too long once it is filled in, or relative', () => {
    const path = `/${'x'.repeat(105)}`;
    const connect = (place: string): string[] => problemsWith(11, `    service: { connect: "${place}" }`);
    expect(connect(`unix:${path}\${name}`)).to.deep.equal([]);
    expect(connect(`unix:${path}\${name}y`)[0]).to.match(/has at most 107 bytes: choose a shorter one/);
    expect(connect('unix:kv.sock')[0]).to.match(/Write host:port, for example 127.0.0.1:6380, or unix:\/path/);
  });

  it('lets replicas on different hosts use the same loopback address', () => {
    const text = good.join('\n').replaceAll('7512', '7511').replace('127.0.0.1:7502', '10.0.0.2:7502');
    expect(problemsOf(`${text}\nsecurity: none`)).to.deep.equal([]);
  });

  it('refuses a service where the client interceptor listens', () => {
    expect(problemsWith(10, '    client: { listen: 127.0.0.1:7512 }')).to.deep.equal([
      '11:25: replica b looks for its service on 127.0.0.1:7512, where the client interceptor listens. ' +
        'Give the service another address.',
    ]);
  });

  it('wants somebody to run the service, and not too many', () => {
    const members = (count: number, rest: string) =>
      Array.from({ length: count }, (_, index) => `  m${index}: { link: 127.0.0.1:${7501 + index}${rest} }`).join('\n');
    const head = 'group: kv\nreplicas:\n';
    const tail =
      '\nendpoints:\n  e: { adapter: tcp, client: { listen: :1 }, service: { connect: "127.0.0.1:1${name}" } }';
    const of = (text: string) => problemsOf(head + text + tail).filter((problem) => problem.includes('replica'));
    expect(of(members(2, ', witness: true'))[0]).to.match(/all of the replicas are witnesses\. Let one at least run/);
    expect(of(members(10, ', witness: true'))[0]).to.match(/^3:3: there are 10 replicas\. Write at most 9/);
    expect(of('  {}')[0]).to.match(/there is no replica\. Write one to nine/);
  });

  it('wants it said that links leave the machine in the clear', () => {
    expect(problemsWith(4, '  b: { link: kv-2:7502, vars: { port: 7512 } }')).to.deep.equal([
      '4:14: kv-2:7502 leaves this machine, and links are neither encrypted nor authenticated yet. ' +
        'Keep links on a network that you trust, and say so with a line `security: none`.',
    ]);
    expect(problemsWith(4, '  b: { link: kv-2:7502, vars: { port: 7512 } }', 'security: none')).to.deep.equal([]);
  });

  it('refuses a link that nobody could dial', () => {
    expect(problemsWith(4, '  b: { link: 0.0.0.0:7502, vars: { port: 7512 } }', 'security: none')).to.deep.equal([
      '4:14: 0.0.0.0:7502 is no address that others can dial. Write the address of this host, as others see it.',
    ]);
  });

  it('keeps the times in proportion, those by default included', () => {
    expect(problemsAfter('timing: { heartbeatMs: 600 }')).to.deep.equal([
      '12:24: timing.heartbeatMs is 600. It has to be at most half of suspectAfterMs, 1000.',
    ]);
    expect(problemsAfter('timing: { laggardAfterMs: 1000 }')).to.deep.equal([
      '12:1: timing.gateTimeoutMs is 1000 by default. It has to be less than laggardAfterMs, 1000.',
    ]);
    expect(problemsAfter('timing: { suspectAfterMs: 20000 }')).to.deep.equal([]);
  });

  it('keeps the limits in proportion', () => {
    expect(problemsAfter('limits: { connectionWindowBytes: 1 GiB }')).to.deep.equal([
      '12:1: limits.processCacheBytes is 268435456. It has to be at least connectionWindowBytes, 1073741824.',
    ]);
  });

  it('refuses an environment for a service that somebody else runs', () => {
    expect(problemsWith(6, '  env: { TZ: UTC }')).to.deep.equal([
      '6:8: service.env does nothing without service.run. Add run, or remove env.',
    ]);
  });
});

describe('problems of a configuration: the text', () => {
  it('explains YAML that trips over a variable', () => {
    expect(problemsWith(11, '    service: { connect: 127.0.0.1:${port} }')).to.deep.equal([
      '11:36: this is not YAML: unexpected flow-map-start at node end. ' +
        'Inside { } and [ ], put text with ${…} in quotes.',
    ]);
  });

  it('names the line of any other mistake in YAML', () => {
    expect(problemsWith(5, 'service: }')[0]).to.match(/^5:10: this is not YAML: /);
    expect(problemsWith(6, '\trun: memcached')[0]).to.match(/^6:1: this is not YAML: .* Indent with spaces\.$/);
    expect(problemsAfter('---', 'group: x')[0]).to.match(/^12:1: .*: remove the line of dashes\.$/);
  });

  it('has something to say about an empty file, and about one that is a list', () => {
    const remedy = 'Write group, replicas and endpoints; `lockstep check --help` shows a whole file.';
    expect(problemsOf('')).to.deep.equal([`1:1: the file is empty. ${remedy}`]);
    expect(problemsOf('- a\n')).to.deep.equal([`1:1: the file is a list. ${remedy}`]);
  });

  it('gathers everything, in the order of the lines', () => {
    const text = good.join('\n').replace('group: kv', 'grop: kv').replace('port: 7512', 'prt: 7512');
    const problems = problemsOf(text.replace('adapter: line', 'adapter: [line]') + '\ntiming: { heartbeatMs: 900 }');
    expect(problems.map((problem) => problem.split(':')[0])).to.deep.equal(['1', '6', '9', '11', '12']);
  });
});
