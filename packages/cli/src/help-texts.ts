/** What `--help` adds to the list of options: a first file, what to do next, and what the exit codes mean. */

const exitCodes = `
Exit codes: 0 well, 1 failed, 2 the configuration or the command line is wrong.`;

const smallestFile = `
A whole lockstep.yaml, three replicas of Redis on one machine:

  group: kv
  replicas:
    a: { link: 127.0.0.1:7601, vars: { port: 7611 } }
    b: { link: 127.0.0.1:7602, vars: { port: 7612 } }
    c: { link: 127.0.0.1:7603, vars: { port: 7613 } }
  service:
    run: redis-server --port \${port} --bind 127.0.0.1 --save "" --appendonly no
  endpoints:
    redis:
      adapter: tcp
      client: { listen: 127.0.0.1:7600 }
      service: { connect: '127.0.0.1:\${port}' }`;

export const programHelp = `
Start here:
  $ lockstep check              is lockstep.yaml in order? (\`lockstep check --help\` shows a whole one)
  $ lockstep up                 the whole group on this machine; kill what you like
  $ lockstep status             who is in the group, and how far

On several hosts, with the same lockstep.yaml on each:
  $ lockstep service --replica a        where replica a lives; b and c likewise
  $ lockstep client                     where clients live; they connect to the address after \`listen\`

For programs instead of servers:
  $ lockstep stdio                      in the place of a program that talks over standard input and output
  $ lockstep exec -- PROGRAM ...        a command line, run on every replica
${exitCodes}`;

export const upHelp = `
Starts a process for each replica and one for the clients, and prints what they log, each line behind its name. A
process that dies is started again, first after half a second, at most after ten. Ctrl-C ends all of them.

Examples:
  $ lockstep up                                   with ./lockstep.yaml
  $ lockstep up -c examples/redis/lockstep.yaml   with another
  $ lockstep up --no-restart                      let the dead lie

Next, in another terminal:
  $ lockstep status             shows the process ids
  $ kill -9 PID                 of any one; clients notice nothing
${exitCodes}`;

export const serviceHelp = `
Runs next to one replica of the service, which it starts if the configuration says how. A group forms when all
configured members are there; a member that comes later joins, and gets the state of the others. On SIGINT or SIGTERM it
leaves the group, stops the service and exits; on a second signal it exits at once.

Examples:
  $ lockstep service --replica a
  $ lockstep service --replica a --log-json | tee -a a.log

--bootstrap forms a group without waiting for the others. Use it when they will not come back, on one member only: two
members that are bootstrapped are two groups, and their states part.
${exitCodes}`;

export const clientHelp = `
Plays the service towards clients: they connect to the addresses after \`listen\` and see one service that does not die.
Run one on each host that has clients. On SIGINT or SIGTERM it takes leave of the group and exits; on a second signal
it exits at once.

Examples:
  $ lockstep client
  $ lockstep client --log-level debug
${exitCodes}`;

const programExitCodes = `
Exit codes: the program's own, or 128 and the number of the signal that ended it; for lockstep 1 failed, 2 the configuration or the command line is wrong.`;

export const stdioHelp = `
Takes the place of a program that reads standard input and writes standard output: in a terminal, in pipes and scripts.
Every replica runs the program, from its start to its end, and one of them answers; standard error and the exit code are
the program's, too. SIGINT, SIGTERM and the end of whoever reads the output end the program on every replica.

Examples:
  $ lockstep stdio -c examples/sqlite/lockstep.yaml < schema.sql
  $ echo '2^100' | lockstep stdio --endpoint bc
${programExitCodes}`;

export const execHelp = `
Runs a command on every replica, in the same order as all others, and gives back one standard output, standard error and
exit code. Standard input is read to its end first, unless it is a terminal. The endpoint says which programs there are;
files are those of the replicas.

Examples:
  $ lockstep exec -c examples/task-spooler/lockstep.yaml -- tsp -n make
  $ lockstep exec -- qsub job.sh
${programExitCodes}`;

export const statusHelp = `
Asks every configured member. Those that do not answer in time are shown as unreachable; when none answers, the exit
code is 1.

Examples:
  $ lockstep status
  $ lockstep status --json | jq '.members[] | select(.sequencer).name'
${exitCodes}`;

export const checkHelp = `
Says all that is wrong with the file, each with its line and what to do about it; then what is allowed but perhaps not
meant. Loads the adapters, so that their options are checked too. Starts nothing.

Examples:
  $ lockstep check -c lockstep.yaml
  $ lockstep check --schema > lockstep.schema.json    for an editor; name it in the first line of the file:
                                                      # yaml-language-server: $schema=lockstep.schema.json
${smallestFile}
${exitCodes}`;

export const createAdapterHelp = `
Makes a folder with a package that builds, passes the compliance suite and serves: source, spec, README, and a
lockstep.yaml with a small service to try it. Nothing that is there already is written over.

Which kind?
  --dialect    requests and replies can be told apart in the bytes of a connection: Redis, memcached, most of all
  --channel    bytes come another way than over TCP or standard streams
  --faces      bytes are not enough: messages with parts that differ between replicas, several connections for one client

Examples:
  $ lockstep create-adapter lockstep-adapter-frames
  $ lockstep create-adapter @example/adapter-frames --faces --in ~/projects
${exitCodes}`;
