import { describe, expect, test } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { parseEndpoint } from '../src/network/service-endpoint.ts';
import { regions } from '../src/network/regions.ts';
import { failureKinds } from '../src/core/failure.ts';
import { commonInputs, inputNames, type InputName } from '../src/inputs/declared.ts';
import { operationNames, rowOf } from '../src/operations/index.ts';
import { table } from './support/markdown-table.ts';

const root = new URL('../', import.meta.url);

interface DeclaredInAction {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const action = parse(await text('action.yml')) as {
  readonly inputs: Readonly<Record<string, DeclaredInAction>>;
  readonly outputs: Readonly<Record<string, unknown>>;
};
const { scripts } = JSON.parse(await text('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const readme = await text('README.md');

async function text(path: string): Promise<string> {
  return (await readFile(new URL(path, root), 'utf8')).replaceAll('\r\n', '\n');
}

const coded = (word: string): string => `\`${word}\``;

describe("the README's tables", () => {
  test('name the operations that there are, in their order', () => {
    const rows = table(readme, 'operation');
    expect(rows.map(([name]) => name)).toEqual(operationNames.map(coded));
  });

  test('name the inputs of action.yml with their defaults, in their order', () => {
    const rows = table(readme, 'input').map(([name, , byDefault]) => [name, byDefault]);
    expect(rows).toEqual(
      Object.entries(action.inputs).map(([name, input]) => [coded(name), defaultOf(input)]),
    );
  });

  test('say which operations use an input', () => {
    const rows = table(readme, 'input').map(([name, usedBy = '']) => [name, operationsIn(usedBy)]);
    const users = (input: InputName): Set<string> =>
      new Set(
        operationNames.filter((operation) =>
          [...commonInputs, ...rowOf(operation).inputs].includes(input),
        ),
      );
    expect(rows).toEqual(inputNames.map((name) => [coded(name), users(name)]));
  });

  test('name the outputs of action.yml, in their order', () => {
    const rows = table(readme, 'output');
    expect(rows.map(([name]) => name)).toEqual(Object.keys(action.outputs).map(coded));
  });
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
    const named = [...(await text(path)).matchAll(/\bnpm (?:run )?([a-z]+)\b/gu)].flatMap(
      ([, name = '']) => (['ci', 'version', 'audit', 'run'].includes(name) ? [] : name),
    );
    expect(named).not.toEqual([]);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...(await readdir(new URL('docs/', root)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('the links', () => {
  test.each(pages)('of %s lead to files and headings that there are', async (path) => {
    const links = [...(await text(path)).matchAll(/\]\(([^)\s]+)\)/gu)].map(
      ([, link = '']) => link,
    );
    const inside = links.filter((link) => !/^https?:/u.test(link));
    const broken: string[] = [];
    for (const link of inside) {
      if (!(await leadsSomewhere(new URL(link, new URL(path, root))))) broken.push(link);
    }
    expect(broken).toEqual([]);
  });
});

async function leadsSomewhere(target: URL): Promise<boolean> {
  const heading = target.hash.slice(1);
  const file = new URL(target.pathname, root);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || heading === '') return found !== undefined;
  const headings = [...(await readFile(file, 'utf8')).matchAll(/^#+ (.+)$/gmu)];
  return headings.some(
    ([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-') === heading,
  );
}

test('docs/errors.md tells of every kind of failure, in their order', async () => {
  const rows = table(await text('docs/errors.md'), '`error_kind`');
  expect(rows.map(([kind]) => kind)).toEqual(failureKinds.map(coded));
});

describe('docs/service.md', () => {
  const list = (cell = ''): readonly string[] =>
    cell === '' ? [] : cell.replaceAll('`', '').split(', ');

  test('names the endpoint of each region, alias, domain and older domain', async () => {
    const rows = table(await text('docs/service.md'), '`region`');
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
