import { parseArgs } from 'node:util';
import { createStore } from './store.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });
const server = createStore().listen(Number(values.port), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
