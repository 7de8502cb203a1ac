import express from 'express';

/**
 * A store of JSON documents and counters, in memory:
 *
 *   GET    /documents         all of them, by name
 *   POST   /documents         stores the body under the next free number; 201 and its Location
 *   PUT    /documents/:name   stores the body; 201 if it is new, otherwise 200
 *   GET    /documents/:name   the document, or 404
 *   DELETE /documents/:name   204, or 404
 *   POST   /counters/:name    counts by one; the new value
 *   GET    /counters/:name    the value
 *
 * Every handler runs to its end before the next begins, so requests take effect in the order in which they come.
 */
export function createStore() {
  const documents = new Map();
  const counters = new Map();
  let lastNumber = 0;

  const app = express();
  app.use(express.json({ strict: false }));

  app
    .route('/documents')
    .get((_request, response) => {
      const byName = [...documents].sort(([one], [other]) => (one < other ? -1 : 1));
      response.json(Object.fromEntries(byName));
    })
    .post((request, response) => {
      const name = String(++lastNumber);
      documents.set(name, request.body);
      response.status(201).location(`/documents/${name}`).json({ name });
    });

  app
    .route('/documents/:name')
    .put((request, response) => {
      const { name } = request.params;
      response.status(documents.has(name) ? 200 : 201);
      documents.set(name, request.body);
      response.json({ name });
    })
    .get((request, response) => {
      const { name } = request.params;
      if (documents.has(name)) response.json(documents.get(name));
      else response.status(404).json({ error: `there is no document ${name}` });
    })
    .delete((request, response) => {
      response.status(documents.delete(request.params.name) ? 204 : 404).end();
    });

  app
    .route('/counters/:name')
    .post((request, response) => {
      const { name } = request.params;
      const value = (counters.get(name) ?? 0) + 1;
      counters.set(name, value);
      response.json({ value });
    })
    .get((request, response) => {
      response.json({ value: counters.get(request.params.name) ?? 0 });
    });

  return app;
}
