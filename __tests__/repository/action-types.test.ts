import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { failureKinds } from '../../src/core/failure.ts';
import { commonInputs, inputNames, type InputName } from '../../src/inputs/declared.ts';
import { regions } from '../../src/network/regions.ts';
import { operationNames, rowOf, type OperationName } from '../../src/operations/index.ts';
import { act, emulated } from '../e2e/harness.ts';
import { base, otherId, problems, read, someId, type Given } from '../inputs/step-inputs.ts';
import { isActionTyping, type Typed } from '../support/action-typing.ts';

/** `action-types.yml` says what the action takes and gives: its texts are compared with the readers' own. */

interface Names<Value> {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

const types = parse(readFileSync('action-types.yml', 'utf8')) as Names<Typed>;
const action = parse(readFileSync('action.yml', 'utf8')) as Names<unknown>;

describe('action-types.yml', () => {
  test('is of the form that its readers know', () => {
    isActionTyping(types);
    expect(isActionTyping.errors).toBeNull();
  });

  test.each([
    ['a type that there is not', { type: 'text' }],
    ['words without a type for them', { type: 'string', 'allowed-values': ['a'] }],
    ['a choice of nothing', { type: 'enum', 'allowed-values': [] }],
    ['a list without a separator', { type: 'list', 'list-item': { type: 'string' } }],
    ['a list of lists', { type: 'list', separator: ',', 'list-item': { type: 'list' } }],
  ])('would not be, with %s', (_what, typed) => {
    expect(isActionTyping({ inputs: { some: typed } })).toBe(false);
  });

  test.each(['inputs', 'outputs'] as const)(
    'names the %s of action.yml, in their order',
    (part) => {
      expect(Object.keys(types[part])).toEqual(Object.keys(action[part]));
    },
  );
});

/** A text that no input but a free one takes. */
const odd = '~ odd ~';

/** What an operation takes, beside the odd one. */
const needed: Given = { ...base, name: 'shop/ci', team_id: '4001', secret_name: 'SOME_KEY' };

/** What the readers say of an input that holds the odd text, in the operation that uses it. */
async function complaint(name: InputName): Promise<string> {
  if (name === 'operation') return (await problems({ ...base, operation: odd })).join('\n');
  const used = operationNames.find((operation) =>
    [...commonInputs, ...rowOf(operation).inputs].includes(name),
  );
  const step = await read({ ...needed, ...(used && { operation: used }), [name]: odd });
  return step.ok ? '' : step.problems.filter((each) => each.startsWith(`\`${name}\``)).join('\n');
}

/** The type that a complaint tells of. */
function typeIn(told: string): Typed {
  if (told.includes(': it must be true or false.')) return { type: 'boolean' };
  if (told.includes(': it must be a whole number from ')) return { type: 'integer' };
  const words = (pattern: RegExp): readonly string[] | undefined =>
    pattern.exec(told)?.[1]?.split(', ');
  const one = words(/: it must be one of ([\w, ]+)\./u);
  if (one !== undefined) return { type: 'enum', 'allowed-values': one };
  const some = words(/: it must be one or several of ([\w, ]+)\./u);
  if (some === undefined) return { type: 'string' };
  const item = { type: 'enum', 'allowed-values': some };
  return { type: 'list', separator: ',', 'list-item': item };
}

describe('the type of the input', () => {
  const readElsewhere = ['region', 'key_id'];
  const names = inputNames.filter((name) => !readElsewhere.includes(name));

  test.each(names)('%s is what its reader says when it is given something odd', async (name) => {
    expect(types.inputs[name]).toEqual(typeIn(await complaint(name)));
  });

  test('region is a choice of the regions', () => {
    const known = regions.map(({ name }) => name);
    expect(types.inputs['region']).toEqual({ type: 'enum', 'allowed-values': known });
  });

  test('key_id is a list, with a separator that its reader takes', async () => {
    const { separator = '', ...typed } = types.inputs['key_id'] ?? { type: '' };
    expect(typed).toEqual({ type: 'list', 'list-item': { type: 'string' } });
    const operation: OperationName = 'delete';
    const key_id = [someId, otherId].join(separator);
    expect(await read({ ...base, operation, key_id })).toMatchObject({
      ok: true,
      value: { operation: { keys: { ids: [someId, otherId] } } },
    });
  });
});

describe('the type of the output', () => {
  test('error_kind is a choice of the kinds of failure', () => {
    const kinds = { type: 'enum', 'allowed-values': failureKinds };
    expect(types.outputs['error_kind']).toEqual(kinds);
  });

  test('others is what a step gives', async () => {
    const emulator = await emulated();
    const given = { operation: 'create', name: 'shop/types', team_id: String(emulator.teamId) };
    const ingestion = { ingestion_endpoint: emulator.ingestion.endpoint, verify: 'true' };
    const { outputs } = await act(emulator, { ...given, ...ingestion });
    const form = (text: string): string =>
      /^(?:true|false)$/u.test(text) ? 'boolean' : /^\d+$/u.test(text) ? 'integer' : 'string';
    const told = Object.entries(outputs).flatMap(([name, text]) =>
      text === '' ? [] : ([[name, form(text)]] as const),
    );
    expect(told.length).toBeGreaterThan(10);
    expect(told).toEqual(told.map(([name]) => [name, types.outputs[name]?.type]));
  });
});
