import { z } from 'zod';
import { documentSchema } from './schema.js';

/** The JSON Schema (draft 7, which editors of YAML read) of the configuration file, without what relates its keys. */
export function configurationJsonSchema(): object {
  return z.toJSONSchema(documentSchema, { io: 'input', target: 'draft-7' });
}
