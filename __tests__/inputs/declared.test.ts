import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  commonInputs,
  defaultOf,
  inputNames,
  isStrict,
  type InputName,
} from '../../src/inputs/declared.ts';
import { Inputs } from '../../src/inputs/inputs.ts';
import { operationNames, rowOf, type OperationName } from '../../src/operations/index.ts';
import { unusedInputs } from '../../src/step-request.ts';
import { base, read, recordOf, someId, warnings, type Given } from './step-inputs.ts';

interface ActionFile {
  readonly inputs: Readonly<
    Record<
      string,
      { readonly description: string; readonly required: boolean; readonly default?: string }
    >
  >;
}

const action = parse(readFileSync('action.yml', 'utf8')) as ActionFile;
const names = inputNames;

// A template reader is a function, which no two readings share.
const shown = (step: unknown): string => JSON.stringify(step);

function usedBy(name: InputName): readonly OperationName[] {
  return operationNames.filter((operation) =>
    [...commonInputs, ...rowOf(operation).inputs].includes(name),
  );
}

describe('action.yml and the code', () => {
  test('declare the same inputs, in the same order', () => {
    expect(names).toEqual(Object.keys(action.inputs));
  });

  test('give the same defaults, but for the two that the runner computes', () => {
    const computed: Readonly<Record<string, string>> = {
      github_token: '${{ github.token }}',
      job_status: '${{ job.status }}',
    };
    for (const name of names) {
      const written = action.inputs[name]?.default;
      expect([name, written]).toEqual([name, defaultOf(name) ?? computed[name]]);
    }
  });

  test('require the operation and nothing else', () => {
    const required = names.filter((name) => action.inputs[name]?.required === true);
    expect(required).toEqual(['operation']);
  });

  test('list the operations in the same order', () => {
    const sentence = action.inputs['operation']?.description ?? '';
    const words = new Set<string>(operationNames);
    expect((sentence.match(/\w+/gu) ?? []).filter((word) => words.has(word))).toEqual(
      operationNames,
    );
  });
});

/** Valid inputs for each operation. */
const valid: Readonly<Record<OperationName, Given>> = {
  create: { name: 'n', team_id: '1' },
  get: { key_id: someId },
  list: {},
  update: { key_id: someId, new_name: 'n' },
  delete: { key_id: someId },
  activate: { key_id: someId },
  deactivate: { key_id: someId },
  ensure: { name: 'n', team_id: '1' },
  rotate: { name: 'n', team_id: '1' },
  prune: { name: 'my-app/{branch}' },
};

/** For inputs of which something is always right: what else could be given, with what it needs. */
const other: Readonly<Partial<Record<InputName, Given>>> = {
  team_id: { team_id: '2' },
  access_policy: { access_policy: '{}' },
  name: { name: 'other/{environment}', environment: 'dev', key_id: '' },
  key_id: { key_id: '0d0f8f6e-2f0f-4c55-8e6e-3d5a1c9b7a01' },
  new_name: { new_name: 'other' },
  is_active: { is_active: 'true' },
  state: { state: 'ended' },
  hashed: { hashed: 'true' },
  lifetime: { lifetime: 'job' },
  expires_after: { expires_after: '12h' },
  stored_value: { stored_value: 'made-up-value' },
  if_value_lost: { if_value_lost: 'ignore' },
  max_age: { max_age: '30d', secret_name: 'OTHER', github_token: 'made-up-token' },
  secret_repository: {
    secret_repository: 'octo/other',
    secret_name: 'OTHER',
    github_token: 'made-up-token',
  },
  retire: { retire: 'delete' },
  retire_when: { retire_when: 'never' },
  secret_name: { secret_name: 'OTHER', github_token: 'made-up-token' },
  max_prune: { max_prune: '7' },
  dry_run: { dry_run: 'true' },
};

/** What an input needs beside it to have an effect, where that is not what each operation needs. */
const beside: Readonly<Partial<Record<InputName, Given>>> = {
  team_id: { name: 'my-app/{branch}', key_id: '' },
};

describe.each(operationNames)('%s', (operation) => {
  const given = { ...base, ...valid[operation], operation };
  const some = (Object.keys(other) as InputName[]).filter((name) => other[name] !== undefined);

  test('with just what it needs: no warning', async () => {
    expect(await warnings(given)).toEqual([]);
  });

  test.each(some.filter((name) => usedBy(name).includes(operation)))('uses %s', async (name) => {
    const before = await read({ ...given, ...beside[name] });
    const after = await read({ ...given, ...beside[name], ...other[name] });
    expect(shown(after)).not.toBe(shown(before));
    if (!after.ok) return;
    expect(after.value.warnings.some((text) => text.includes(`\`${name}\``))).toBe(false);
  });

  test('refuses what would be lost where it is not used', async () => {
    for (const name of some.filter((each) => isStrict(each) && !usedBy(each).includes(operation))) {
      const problems = [`\`${name}\` is given, and \`${operation}\` does not use it.`];
      expect(await read({ ...given, ...other[name] })).toEqual({ ok: false, problems });
    }
  });

  test.each(some.filter((name) => !isStrict(name) && !usedBy(name).includes(operation)))(
    'warns of %s, whatever is in it, and goes on',
    async (name) => {
      const before = await read(given);
      const after = await read({ ...given, [name]: '{no sense}\n' });
      if (!before.ok || !after.ok) throw new Error('not read');
      expect(shown({ ...after.value, warnings: [] })).toBe(shown(before.value));
      expect(after.value.warnings).toEqual([
        `The input \`${name}\` is not used by \`${operation}\`, and has no effect.`,
      ]);
    },
  );
});

test('what is given as it is by default is not warned of', () => {
  const inputs = new Inputs(recordOf({}));
  for (const operation of operationNames) expect(unusedInputs(operation, inputs)).toEqual([]);
});
