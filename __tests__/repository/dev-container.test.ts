import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';

/** The container in which a new person's `npm test` needs nothing else. */

const container: unknown = JSON.parse(readFileSync('.devcontainer/devcontainer.json', 'utf8'));

test('the development container is of the form that its tools take', () => {
  // What of https://containers.dev/implementors/json_reference/ is used here: no package has the schema.
  const isContainer = new Ajv().compile({
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 1 },
      image: { type: 'string', pattern: '^[a-z0-9.-]+(?:/[a-z0-9._-]+)+:[A-Za-z0-9._-]+$' },
      postCreateCommand: { type: 'string', minLength: 1 },
    },
    required: ['image'],
    additionalProperties: false,
  });
  isContainer(container);
  expect(isContainer.errors).toBeNull();
});

test('the development container has one version of an image, with the Node.js of the action', () => {
  const { image } = container as { readonly image: string };
  const action = readFileSync('action.yml', 'utf8');
  const [, node = 'none'] = /^ {2}using: node(\d+)$/mu.exec(action) ?? [];
  const tag = /^mcr\.microsoft\.com\/devcontainers\/javascript-node:\d+\.\d+\.\d+-(\d+)-[a-z]+$/u;
  expect(tag.exec(image)?.[1]).toBe(node);
});

test('the development container installs the packages', () => {
  expect(container).toMatchObject({ postCreateCommand: 'npm ci' });
});
