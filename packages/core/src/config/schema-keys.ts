import { z } from 'zod';
import type { KeyPath } from './problem.js';
import { documentSchema } from './schema.js';

/** The keys that the schema knows under a path. */
export function knownKeys(path: KeyPath): string[] {
  let schema: z.core.$ZodType = documentSchema;
  for (const step of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[step] as z.core.$ZodType;
    else if (inner instanceof z.ZodRecord) schema = inner.valueType;
  }
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** Where else the schema knows a key: `endpoints.<name>.client`. */
export function homesOf(key: string, schema: z.core.$ZodType = documentSchema, path = ''): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodRecord) return homesOf(key, inner.valueType, `${path}.<name>`);
  if (!(inner instanceof z.ZodObject)) return [];
  const shape = inner.shape as Readonly<Record<string, z.core.$ZodType>>;
  const here = key in shape ? [path] : [];
  return Object.entries(shape).reduce(
    (homes, [step, child]) => [...homes, ...homesOf(key, child, path === '' ? step : `${path}.${step}`)],
    here,
  );
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}
