import { Ajv } from 'ajv';

// What a file `action-types.yml` may hold, as the README of the format's makers tells, "Available types":
// https://github.com/typesafegithub/github-actions-typing#available-types. No package has their schema.

const plain = { properties: { type: { enum: ['string', 'boolean', 'integer', 'float'] } } };
const chosen = {
  properties: {
    type: { const: 'enum' },
    name: { type: 'string', minLength: 1 },
    'allowed-values': {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', minLength: 1 },
    },
  },
  required: ['allowed-values'],
};
const several = {
  properties: {
    type: { const: 'list' },
    separator: { type: 'string', minLength: 1 },
    'list-item': { type: 'object', required: ['type'], oneOf: closed(plain, chosen) },
  },
  required: ['separator', 'list-item'],
};

function closed(...forms: readonly object[]): readonly object[] {
  return forms.map((form) => ({ ...form, additionalProperties: false }));
}

const typed = {
  type: 'object',
  propertyNames: { pattern: '^[_a-zA-Z][a-zA-Z0-9_-]*$' },
  additionalProperties: {
    type: 'object',
    required: ['type'],
    oneOf: closed(plain, chosen, several),
  },
};

/** Whether something is a file of types as its format has it. */
export const isActionTyping = new Ajv({ allowUnionTypes: true, strict: false }).compile({
  type: 'object',
  properties: { inputs: typed, outputs: typed },
  additionalProperties: false,
});

/** What a file of types says of an input or an output. */
export interface Typed {
  readonly type: string;
  readonly 'allowed-values'?: readonly string[];
  readonly separator?: string;
  readonly 'list-item'?: Typed;
}
