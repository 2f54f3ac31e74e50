import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseEndpoint } from '../../src/network/service-endpoint.ts';
import { regions } from '../../src/network/regions.ts';
import { failureKinds } from '../../src/core/failure.ts';
import { commonInputs, inputNames, type InputName } from '../../src/inputs/declared.ts';
import { operationNames, rowOf } from '../../src/operations/index.ts';
import { base, read, warnings } from '../inputs/step-inputs.ts';
import { table } from '../support/markdown-table.ts';
import { page } from '../support/pages.ts';

interface DeclaredInAction {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

type Declared = Readonly<Record<string, DeclaredInAction>>;

const actionText = await page('action.yml');
const action = parse(actionText) as { readonly inputs: Declared; readonly outputs: Declared };
const types = parse(await page('action-types.yml')) as Readonly<
  Record<'inputs' | 'outputs', Readonly<Record<string, { readonly type: string }>>>
>;
const { scripts } = JSON.parse(await page('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const readme = await page('README.md');

const coded = (word: string): string => `\`${word}\``;

/** The rows of a table that are about something, and not the name of a purpose. */
const entries = (heading: string): readonly (readonly string[])[] =>
  table(readme, heading).filter(([first = '']) => first.startsWith('`'));

/** What a table says in the order of its rows: purposes, and under each its names. */
function* purposesOf(heading: string): Generator<string> {
  for (const [first = ''] of table(readme, heading)) {
    yield first.replace(/^\*\*(?:For )?\[?([\w ]+).*$/u, '$1').replaceAll('`', '');
  }
}

/** The same, of action.yml, where a purpose is a comment. */
function* purposesInAction(part: 'inputs' | 'outputs'): Generator<string> {
  const start = actionText.indexOf(`\n${part}:\n`) + part.length + 2;
  for (const line of actionText.slice(start).split('\n').slice(1)) {
    if (/^\S/u.test(line)) return;
    const [, purpose, name] = /^ {2}(?:# (?:For )?(.+)|(\w+):)$/u.exec(line) ?? [];
    const found = purpose ?? name;
    if (found !== undefined) yield found;
  }
}

function usersOf(input: InputName): readonly string[] {
  return operationNames.filter((operation) =>
    [...commonInputs, ...rowOf(operation).inputs].includes(input),
  );
}

describe("the README's tables", () => {
  test('say of every operation what it is for, and of none that there is not', () => {
    const named = table(readme, 'to').flatMap(([, operations = '']) => operations.split(', '));
    expect(new Set(named)).toEqual(new Set(operationNames.map(coded)));
  });

  test('name the inputs of action.yml with their defaults', () => {
    const rows = entries('input').map(([name, byDefault]) => [name, byDefault]);
    expect(rows).toEqual(
      Object.entries(action.inputs).map(([name, input]) => [coded(name), defaultOf(input)]),
    );
  });

  test.each(['input', 'output'] as const)(
    'say of each %s what type it has, but for text',
    (kind) => {
      const typed = Object.entries(types[`${kind}s`]).flatMap(([name, { type }]) =>
        type === 'boolean' || type === 'integer' ? [[coded(name), type]] : [],
      );
      const said = entries(kind).flatMap(([name = '', ...cells]) => {
        const [, word] = /^(boolean|number|`true`)(?::|$)/u.exec(cells.at(-1) ?? '') ?? [];
        return word === undefined ? [] : [[name, word === 'number' ? 'integer' : 'boolean']];
      });
      expect(said).toEqual(typed);
    },
  );

  test('say which operations use an input', () => {
    const rows = entries('input').map(([name, , usedBy = '']) => [name, operationsIn(usedBy)]);
    expect(rows).toEqual(inputNames.map((name) => [coded(name), new Set(usersOf(name))]));
  });

  test('name the outputs of action.yml', () => {
    const rows = entries('output').map(([name]) => name);
    expect(rows).toEqual(Object.keys(action.outputs).map(coded));
  });

  test.each(['input', 'output'] as const)('sort each %s by purpose, as action.yml does', (kind) => {
    expect([...purposesOf(kind)]).toEqual([...purposesInAction(`${kind}s`)]);
  });
});

describe('the descriptions in action.yml', () => {
  test('begin with the operations that an input is for', () => {
    const said = inputNames
      .filter((name) => name !== 'operation')
      .map((name) => {
        const [, who = ''] = /^For ([^.]+)\. /u.exec(action.inputs[name]?.description ?? '') ?? [];
        return [name, who === 'all operations' ? operationNames : who.split(', ')];
      });
    const users = inputNames
      .filter((name) => name !== 'operation')
      .map((name) => [name, usersOf(name)]);
    expect(said).toEqual(users);
  });

  test('hold no expression: the runner would evaluate it, and fail', () => {
    const declared = [...Object.values(action.inputs), ...Object.values(action.outputs)];
    expect(declared.filter(({ description }) => description.includes('${{'))).toEqual([]);
  });

  test('are one line each, as an editor shows them', () => {
    const declared = [...Object.values(action.inputs), ...Object.values(action.outputs)];
    expect(declared.filter(({ description }) => !/^.+\.$/u.test(description))).toEqual([]);
  });
});

describe('the block with every input', () => {
  const [, block = ''] = /^```yml\n([\s\S]*?)^```$/mu.exec(readme) ?? [];
  // Every value as text, as the runner hands it over.
  const [step] = parse(block, { schema: 'failsafe' }) as readonly {
    readonly with: Readonly<Record<string, string>>;
  }[];
  const copied = step?.with ?? {};

  test('has each of them', () => {
    expect(Object.keys(copied)).toEqual(inputNames);
  });

  test.each(['list', 'create'])(
    'asks of %s nothing else than a step without them',
    async (operation) => {
      const given = { ...base, operation, name: 'n', team_id: operation === 'create' ? '1' : '' };
      const more = Object.fromEntries(
        Object.entries(copied).filter(
          ([name, value]) => !(name in given) && !value.includes('${{'),
        ),
      );
      expect(await read({ ...given, ...more })).toEqual(await read(given));
      expect(await warnings({ ...given, ...more })).toEqual([]);
    },
  );
});

function defaultOf({ required, default: byDefault, description }: DeclaredInAction): string {
  if (required === true) return 'required';
  const variable = /Falls back to [a-z ]*([A-Z_]+)/u.exec(description)?.[1];
  const found = byDefault ?? variable;
  return found === undefined ? '' : coded(found);
}

function operationsIn(cell: string): ReadonlySet<string> {
  if (cell === 'all') return new Set(operationNames);
  return new Set(cell.replace('(de)activate', 'activate, deactivate').split(', '));
}

describe('the commands for newcomers', () => {
  test.each(['npm ci && npm run demo', 'npm ci && npm test'])('%s stands in the README', (line) => {
    expect(readme.split('\n')).toContain(line);
  });

  test.each(['README.md', 'CONTRIBUTING.md'])('%s names scripts that there are', async (path) => {
    const named = [...(await page(path)).matchAll(/\bnpm (?:run )?([a-z]+)\b/gu)].flatMap(
      ([, name = '']) => (['ci', 'version', 'audit', 'run'].includes(name) ? [] : name),
    );
    expect(named).not.toEqual([]);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

test('docs/errors.md tells of every kind of failure, in their order', async () => {
  const rows = table(await page('docs/errors.md'), '`error_kind`');
  expect(rows.map(([kind]) => kind)).toEqual(failureKinds.map(coded));
});

describe('docs/service.md', () => {
  const list = (cell = ''): readonly string[] =>
    cell === '' ? [] : cell.replaceAll('`', '').split(', ');

  test('names the endpoint of each region, alias, domain and older domain', async () => {
    const rows = table(await page('docs/service.md'), '`region`');
    expect(rows.map(([name, aliases, domain, older]) => [name, aliases, domain, older])).toEqual(
      regions.map(({ name, aliases, domain, legacyDomains }) => [
        coded(name),
        aliases.map(coded).join(', '),
        domain,
        legacyDomains.join(', '),
      ]),
    );
    for (const [region, aliases, domain = '', older, endpoint] of rows) {
      const asked = [
        ...[...list(region), ...list(aliases)].map((name) => ({ region: name })),
        ...[domain, ...list(older)].map((name) => ({ domain: name })),
      ];
      for (const inputs of asked) {
        const nothing = { endpoint: undefined, region: undefined, domain: undefined };
        expect(parseEndpoint({ ...nothing, ...inputs })).toMatchObject({
          value: { host: endpoint, port: 443, secure: true },
        });
      }
    }
  });
});
