import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutEntities, type StepRun } from '../../tools/job-runner/index.ts';
import { oneLine } from '../../src/core/text.ts';
import { status } from '../support/status.ts';
import { act, emulated, told } from './harness.ts';

/** Text from outside, as a stranger would write it who means harm. */
const hostile: Readonly<Record<string, string>> = {
  'line breaks': 'a\nb\r\nc\u2028d\u2029e\u0085f\vg',
  'a command': 'x\n::set-output name=value::pwned',
  'a command at the start': '::error::pwned',
  'a command after blanks': ' \t::add-mask::pwned',
  'a command of the older kind': 'x ##[set-env name=PATH]pwned',
  'the end of commands': '::stop-commands::pwned',
  'escape sequences':
    '\u001b[31mred\u001b[0m\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007',
  'bidirectional controls': 'safe\u202egnp.exe\u2066\u2069\u200f',
  'characters of no width': 'pay\u200bpal\u2060\ufeff\u00ad',
  tags: '\u{e0041}\u{e0042}',
  NUL: 'a\0b',
  Markdown: '# h\n**b** _i_ `c` [l](https://example.com) ![i](x.png) |t| ~~s~~ @octocat #1',
  'a fence': '```\nrm\n```',
  HTML: '<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;</td></table>',
  'a mask and a percent': '%0A::add-mask::%25 100%',
  'a key of an object': '__proto__',
};

const allOfIt = Object.values(hostile).join(' | ');

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const tags =
  /<\/?(?:h3|p|b|br|span|ul|li|table|tr|th|td|code|details|summary)>|<a href="https:\/\/[\w./%-]+">|<\/a>/gu;

/** The lines that are not masks or what folds lines, each of them printable, and free of commands that were smuggled in. */
function spoken(run: StepRun): readonly string[] {
  expect(run.unexpectedCommands).toEqual([]);
  for (const { name, text } of run.commands) {
    expect(['add-mask', 'debug', 'error', 'warning', 'group', 'endgroup']).toContain(name);
    // The step's own titles quote nobody.
    if (name === 'group') expect(text).toMatch(/^\d+ keys to look at$/u);
  }
  const printed = run.stdout.split('\n').filter((line) => line !== '');
  for (const line of printed) {
    expect(line).not.toMatch(unprintable);
    expect(line.length).toBeLessThan(4096);
  }
  return printed.filter((line) => !/^::(?:add-mask|debug|group|endgroup)::/u.test(line));
}

/** What the summary says: without its own tags, nothing but text may be left. */
function inertSummary(run: StepRun): string {
  const text = run.files.step_summary.replace(tags, '').replace(/\n/gu, '');
  expect(text).not.toMatch(unprintable);
  expect(text.replace(entity, '')).not.toMatch(/[<>&"'`*~[\](){}#@!|\\]/u);
  // An empty line would end the HTML, and what follows would be read as Markdown.
  expect(run.files.step_summary.trimEnd()).not.toMatch(/\n\s*\n/u);
  // As a reader sees it.
  return withoutEntities(text);
}

const entity = /&(?:#\d+|amp|lt|gt|quot|apos);/gu;

const namesIn = (run: StepRun): readonly string[] =>
  (JSON.parse(run.outputs['keys'] ?? '[]') as readonly { readonly name: string }[]).map(
    ({ name }) => name,
  );

describe('a key’s name', () => {
  test.concurrent.each(Object.entries(hostile))(
    'with %s in it is one line of the log, inert in the summary, exact in `keys`',
    async (_, name) => {
      const emulator = await emulated({ discloseValues: 'always' });
      const [key] = emulator.store.seed(1, name, { teamId: emulator.teamId });
      const read = await act(emulator, { operation: 'get', key_id: key?.id }, { debug: true });
      expect(spoken(read)).toHaveLength(1);
      expect(namesIn(read)).toEqual([`${name}0`]);
      expect(read.outputs).toMatchObject({ name: `${name}0`, value: key?.value });
      expect(inertSummary(read)).toContain(oneLine(`${name}0`, 120));
    },
  );
});

/** What is no text cannot travel: half a surrogate pair arrives as replacement characters. */
const asText = (name: string): string => name.replace(/[\p{Cs}\ufffd]+/gu, '\ufffd');

test('names of any text are exact in `keys`, and harmless everywhere else', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...Object.values(hostile),
      '\n',
      '::',
      '##[',
      ']',
      '%',
      '<',
      '&',
      '`',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  );
  const name = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 20, maxLength: 90 }), async (names) => {
      const emulator = await emulated();
      const { store, teamId } = emulator;
      for (const each of names) store.seed(1, each, { teamId });
      const listed = await act(emulator, { operation: 'list' });
      // One line that counts, and one for each of the first twenty keys that share their name.
      const shared = namesIn(listed).filter(
        (each, _, all) => all.indexOf(each) !== all.lastIndexOf(each),
      );
      const lines = Math.min(shared.length, 20) + (shared.length > 20 ? 1 : 0);
      expect(spoken(listed)).toHaveLength(1 + lines);
      expect(namesIn(listed).map(asText)).toEqual(names.map((each) => asText(`${each}0`)));
      inertSummary(listed);
      await emulator.stop();
    }),
    { numRuns: 5, seed: 4711, endOnFailure: true },
  );
});

test.concurrent(
  'a name of 100,000 characters is cut in the log and the summary alone',
  async () => {
    const emulator = await emulated({ discloseValues: 'always' });
    const name = 'x\n::error::'.repeat(10_000);
    const [key] = emulator.store.seed(1, name, { teamId: emulator.teamId });
    const read = await act(emulator, { operation: 'get', key_id: key?.id });
    expect(spoken(read)).toHaveLength(1);
    expect(namesIn(read)).toEqual([`${name}0`]);
    expect(inertSummary(read).length).toBeLessThan(5000);
  },
);

describe('what the service says', () => {
  test.concurrent.each([...Object.entries(hostile), ['all of it', allOfIt] as const])(
    'with %s in it is one line of the log, and inert in the summary',
    async (_, message) => {
      const emulator = await emulated();
      const fault = {
        kind: 'status',
        code: status.INVALID_ARGUMENT,
        message,
        fieldViolations: [{ field: message, description: message }],
        errorInfo: { reason: message, domain: 'example.com' },
      } as const;
      emulator.inject({ fault });
      const run = await act(emulator, { operation: 'list' }, { debug: true });
      expect(spoken(run)).toHaveLength(1);
      expect(run.outputs).toEqual({ error_kind: 'rejected' });
      expect(told(run)).toContain('Check the inputs of the step');
      inertSummary(run);
    },
  );

  test.concurrent('may be 40,000 characters long', async () => {
    const emulator = await emulated();
    emulator.inject({
      fault: { kind: 'status', code: status.PERMISSION_DENIED, message: '::x'.repeat(13_000) },
    });
    const run = await act(emulator, { operation: 'list' });
    expect(spoken(run)).toHaveLength(1);
    expect(run.outputs).toEqual({ error_kind: 'permission' });
    expect(told(run)).toContain('needs the `ApiKeys` preset');
  });

  test.concurrent.each([1, 200, 280, 290, 470, 490])(
    'may quote a credential, at %i characters: no part of it is told, in whatever form',
    async (before) => {
      const emulator = await emulated();
      const token = emulator.tokens.admin;
      const quoted = [token, token.replaceAll('_', '%5F'), `<${token}>`].join(' ');
      const message = `${'x'.repeat(before)} ${quoted}`;
      emulator.inject({ fault: { kind: 'status', code: status.UNAUTHENTICATED, message } });
      const run = await act(emulator, { operation: 'list' }, { debug: true });
      expect(run.outputs['error_kind']).toBe('auth');
      expect(told(run)).toContain('***');
      // `act` searches for all of it, also in HTML. A mask covers no part of it.
      const pieces = [token.slice(0, 12), token.slice(5, 17), token.slice(-12)];
      const summary = run.files.step_summary.replace(entity, '_');
      for (const text of [...spoken(run), summary]) {
        expect(pieces.filter((piece) => text.includes(piece))).toEqual([]);
      }
    },
  );

  test.concurrent('in a web page is no part of the log', async () => {
    const emulator = await emulated();
    const body = `<html>${allOfIt}</html>`;
    emulator.inject({ fault: { kind: 'http-status', status: 200, body } });
    const run = await act(emulator, { operation: 'list' });
    expect(spoken(run)).toHaveLength(1);
    expect(run.log).not.toContain('pwned');
  });
});

describe('what the inputs and the event say', () => {
  test.concurrent.each(Object.entries(hostile))(
    'with %s in it is one line of the log',
    async (_, text) => {
      const emulator = await emulated();
      // The environment, in which inputs travel, cannot hold NUL.
      const name = text.replace(/[{}\0]/gu, '');
      const run = await act(emulator, { operation: 'get', name, retire: name });
      expect(run.exitCode).toBe(1);
      for (const line of spoken(run)) expect(line).toMatch(/^::(?:error|warning)[ :]/u);
      inertSummary(run);
    },
  );

  test.concurrent('a branch cannot smuggle anything into a key’s name', async () => {
    const emulator = await emulated();
    const ref = `refs/heads/x\n::set-output name=value::pwned`;
    const run = await act(
      emulator,
      { operation: 'create', name: 'app/{branch}', team_id: String(emulator.teamId) },
      { event: { name: 'push', payload: { ref, repository: { full_name: 'acme/shop' } } } },
    );
    expect(run.outputs).toEqual({ error_kind: 'invalid_input' });
    expect(spoken(run)).toHaveLength(1);
    expect(emulator.store.keys()).toEqual([]);
  });

  test.concurrent('a branch with marks that it may have is kept exactly', async () => {
    const emulator = await emulated();
    const branch = 'fix/##]<b>"&\'`$(id)`;é-@';
    const run = await act(
      emulator,
      { operation: 'create', name: 'app/{branch}', team_id: String(emulator.teamId) },
      {
        event: {
          name: 'push',
          payload: { ref: `refs/heads/${branch}`, repository: { full_name: 'acme/shop' } },
        },
        github: { ref: `refs/heads/${branch}` },
      },
    );
    expect(run.exitCode).toBe(0);
    expect(emulator.store.keys().map(({ name }) => name)).toEqual([`app/${branch}`]);
    expect(run.outputs['name']).toBe(`app/${branch}`);
    inertSummary(run);
  });
});
