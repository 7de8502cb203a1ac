import { expect } from 'chai';
import { configurationJsonSchema } from './json-schema.js';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
}

describe('the JSON Schema of the configuration', () => {
  const schema = configurationJsonSchema() as Schema;

  it('asks for what has no default, and refuses unknown keys', () => {
    expect(schema.required).to.deep.equal(['group', 'replicas', 'endpoints']);
    expect(schema.additionalProperties).to.equal(false);
  });

  it('describes every value that a person writes', () => {
    const undescribed = [...leavesOf(schema, '')].filter(([, leaf]) => leaf.description === undefined);
    expect([...leavesOf(schema, '')]).to.have.length.greaterThan(25);
    // What is in the options, the adapter says.
    expect(undescribed.map(([path]) => path)).to.deep.equal(['.endpoints.<name>.options.<name>']);
  });
});

function* leavesOf(schema: Schema, path: string): Generator<[string, Schema]> {
  const rest = typeof schema.additionalProperties === 'object' ? { '<name>': schema.additionalProperties } : {};
  const children = Object.entries({ ...schema.properties, ...rest });
  if (children.length === 0) yield [path, schema];
  for (const [key, child] of children) yield* leavesOf(child, `${path}.${key}`);
}
