import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseCommandLine as bench } from '../../tools/benchmark/command-line.ts';
import { parseCommandLine as conformance } from '../../tools/conformance/command-line.ts';
import { parseDemoCommand as demo } from '../../tools/demo/command-line.ts';
import { parseCommandLine as emulator } from '../../tools/emulator/command-line.ts';
import { parseCommand as workflow } from '../../tools/workflow/command-line.ts';
import { page as textOf } from '../support/pages.ts';
import { commandsOf, pages } from './collected.ts';
import { elsewhere, pagesElsewhere } from './elsewhere.ts';
import { here, words } from './here.ts';
import { missing } from './output.ts';

/**
 * Each command in a block of a page is run, as here.ts says, and gives the output that the page shows; or it
 * stands in elsewhere.ts, with the reason why it is not run, and with what else sees to it.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = JSON.parse(await textOf('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const all = (await Promise.all((await pages()).map(commandsOf))).flat();
const inBlocks = all.filter(({ page, place }) => place === 'block' && !(page in pagesElsewhere));

const howRun = (command: string) => here.find(({ like }) => like.test(command));

describe('each command in a block of a page', () => {
  test('is run here, or it is said why not', () => {
    const unknown = inBlocks.filter(
      ({ command }) => !(command in elsewhere) && howRun(command) === undefined,
    );
    expect(unknown.map(({ page, command }) => `${page}: ${command}`)).toEqual([]);
  });

  test.each(Object.entries(elsewhere))('not run here: %s', async (command, { file, says }) => {
    expect(all.map((shown) => shown.command)).toContain(command);
    expect(howRun(command)).toBeUndefined();
    expect(await textOf(file)).toContain(says);
  });

  test.each(Object.entries(pagesElsewhere))(
    'run elsewhere: those of %s',
    async (page, { file, says }) => {
      expect(all.some((shown) => shown.page === page && shown.place === 'block')).toBe(true);
      expect(await textOf(file)).toContain(says);
    },
  );

  const runnable = inBlocks
    .filter(({ command }) => howRun(command) !== undefined)
    // The same twice without an output would show nothing new.
    .filter(
      ({ command, output }, at, list) =>
        output.length > 0 || list.findIndex((one) => one.command === command) === at,
    );

  test.concurrent.each(runnable)('run, of $page: $command', async ({ command, output }) => {
    const said = await howRun(command)?.run(command);
    expect(missing(output, said ?? '')).toEqual([]);
  });

  test('with an output that is shown is run', () => {
    const shown = inBlocks.filter(({ output }) => output.length > 0);
    expect(shown).not.toEqual([]);
    expect(shown.filter(({ command }) => howRun(command) === undefined)).toEqual([]);
  });

  test.each(here.map(({ like }) => like))('there is one like %s', (like) => {
    expect(runnable.filter(({ command }) => like.test(command))).not.toEqual([]);
  });
});

/** What reads the arguments of a script, and throws where it does not know one. */
const readers: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  ...{ bench, conformance, demo, emulator, workflow },
};

describe('each command in a page, also within a sentence,', () => {
  const parts = all.flatMap(({ page, command }) =>
    command.split(' && ').map((part) => ({ page, part: part.replace(/^(?:\w+=\S+ )+/u, '') })),
  );

  const ofNpm = parts.flatMap(({ page, part }) => {
    const [, name, , args = ''] =
      /^npm (?:run (?:--silent )?([\w-]+)|(test))(?: -- (.*))?$/u.exec(part) ?? [];
    return name === undefined ? [] : [{ page, part, name, args }];
  });

  test.each(ofNpm)('$page: $part names a script, with switches that it has', async (given) => {
    const { name, args } = given;
    expect(Object.keys(scripts)).toContain(name);
    const ran = /node (build\/(\w+)\/main\.js|scripts\/[\w-]+\.mjs)/u.exec(scripts[name] ?? '');
    if (ran?.[2] !== undefined) await textOf(`tools/${ran[2]}/main.ts`);
    readers[name]?.(words(args));
  });

  const ofNode = parts.flatMap(({ page, part }) => {
    const [, path, args = ''] = /^node (\S+\.m?js)(.*)$/u.exec(part) ?? [];
    return path === undefined ? [] : [{ page, part, path, args }];
  });

  test.each(ofNode)('$page: $part names a file, with switches that it has', async (given) => {
    expect(existsSync(join(root, given.path))).toBe(true);
    const source = await textOf(given.path);
    for (const option of words(given.args)) expect(source).toContain(`'${option}'`);
  });
});
