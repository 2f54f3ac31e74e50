import { describe, expect, test } from '@jest/globals';
import {
  endOf,
  isoMoment,
  nameWithEnd,
  provisionalName,
  withoutEnd,
} from '../../src/names/stamp.ts';
import { told } from './harness.ts';
import { gitHub, on } from './life-github.ts';
import { keyName, life, type Inputs } from './life.ts';

/** Keys with an end, by the bundle, from the step that makes one to the one that takes it away. */

const hourMs = 3_600_000;
const from = (hours: number): number => Date.now() + hours * hourMs;

describe('`create` with `expires_after`', () => {
  test.concurrent('makes a key whose name says until when, and tells it', async () => {
    const one = await life();
    const before = Date.now();
    const run = await one.run({ operation: 'create', expires_after: '90m' });
    const [key] = one.emulator.store.keys();
    const { name = '' } = key ?? {};
    const end = endOf(name) ?? 0;
    expect(run.outputs).toMatchObject({ name, key_id: key?.id, expires_at: isoMoment(end) });
    expect(withoutEnd(name)).toBe(keyName);
    expect(end).toBeGreaterThanOrEqual(before + 1.5 * hourMs);
    expect(end).toBeLessThanOrEqual(Date.now() + 1.5 * hourMs + 60_000);
    expect(run.summary).toContain(isoMoment(end).slice(0, 10));
    // Its own name is that with the end: the operation that keeps one key makes another.
    const ensured = await one.run({ operation: 'ensure' });
    expect(ensured.outputs).toMatchObject({ created: 'true', name: keyName, expires_at: '' });
    const gone = await one.run({ operation: 'delete' });
    expect(gone.outputs).toMatchObject({ changed: 'true', count: '2' });
    expect(one.emulator.store.keys()).toEqual([]);
  });

  test.concurrent('with `lifetime: job` ends with the job, under its name', async () => {
    const one = await life();
    const step = one.step({
      operation: 'create',
      lifetime: 'job',
      expires_after: '2h',
      retire: 'delete',
    });
    const main = await step.main();
    expect(withoutEnd(main.outputs['name'] ?? '')).toBe(keyName);
    expect(main.outputs['expires_at']).not.toBe('');
    const end = await step.jobEnd('failure');
    expect(end.annotations).toEqual([]);
    expect(one.emulator.store.keys()).toEqual([]);
  });

  test.concurrent.each<[Inputs, readonly RegExp[]]>([
    [
      { operation: 'create', expires_after: '1y', lifetime: 'week' },
      [/`expires_after`: "1y" .* 90m, 12h or 30d/u, /`lifetime` is "week"/u],
    ],
    [{ operation: 'create', expires_after: '0' }, [/`expires_after`: "0"/u]],
    [{ operation: 'create', expires_after: '-1d' }, [/`expires_after`: "-1d"/u]],
    [{ operation: 'create', expires_after: '1000d' }, [/two years, 730d, are the most/u]],
    [
      { operation: 'rotate', expires_after: '12h', retire_when: 'soon' },
      [/`expires_after` is given, and `rotate` does not use it/u, /`retire_when` is "soon"/u],
    ],
    [{ operation: 'create', name: 'n ~until-20261203T0210Z' }, [/kept for keys that have an end/u]],
    [
      { operation: 'prune', name: '*', max_prune: 'x' },
      [/could match keys of others/u, /`max_prune` is "x"/u],
    ],
    [{ operation: 'prune', name: 'ab/*' }, [/could match keys of others/u]],
    [{ operation: 'prune', name: '' }, [/`prune` needs the template/u]],
    [{ operation: 'prune', name: 'my-app/*/{branch}' }, [/holds \* beside \{branch\}/u]],
    [
      { operation: 'list', name: 'my-app/*', state: 'gone, endet', is_active: 'yes' },
      [/`state` holds "endet": .* Did you mean `ended`/u, /`is_active` is "yes"/u],
    ],
    [
      { operation: 'list', name: 'my-app/*', state: 'gone' },
      [/`state` holds `gone`, which needs/u],
    ],
  ])('sends nothing for %j', async (inputs, says) => {
    const one = await life();
    const run = await one.run(inputs);
    expect(run.outputs).toEqual({ error_kind: 'invalid_input' });
    for (const each of says) expect(told(run)).toMatch(each);
    expect(one.emulator.journal.calls).toEqual([]);
  });
});

describe('`prune` with * in `name`', () => {
  test.concurrent('goes by time alone, without a token, and asks GitHub nothing', async () => {
    const [one, server] = await Promise.all([life(), gitHub()]);
    const ended = nameWithEnd('acme/shop/test/1', from(-1));
    const left = provisionalName('acme/shop/test/2', from(-2), '0123456789abcdef');
    const others = [
      nameWithEnd('acme/shop/test/3', from(1)),
      nameWithEnd('acme/other/test/4', from(-1)),
      'acme/shop/test/5 ~until-20241303T0210Z',
      'acme/shop/test/6',
    ];
    for (const name of [ended, left, ...others]) one.seed({ name });
    const inputs = { operation: 'prune', name: '{repository}/test/*', github_token: '' };
    const dry = await one.run({ ...inputs, dry_run: 'true' }, on(server));
    expect(dry.outputs).toMatchObject({ changed: 'true', count: '1' });
    const strict = await one.run({ ...inputs, max_prune: '1' }, on(server));
    expect(strict.outputs['error_kind']).toBe('unsafe');
    expect(one.emulator.store.keys().every(({ active }) => active)).toBe(true);
    const run = await one.run({ ...inputs, retire: 'delete' }, on(server));
    expect(run.outputs).toMatchObject({ changed: 'true', count: '1' });
    expect(run.log).toContain('1 provisional key that earlier runs left behind was deleted.');
    expect(one.emulator.store.keys().map(({ name }) => name)).toEqual(others);
    expect(server.requests).toEqual([]);
  });
});

describe('`list` with a template', () => {
  test.concurrent(
    'says what is gone, chooses by `state` and `is_active`, and asks once',
    async () => {
      const [one, server] = await Promise.all([life(), gitHub()]);
      const ends = nameWithEnd('acme/shop/branch/main', from(1));
      one.seed({ name: 'acme/shop/branch/main' });
      one.seed({ name: 'acme/shop/branch/gone' });
      one.seed({ name: 'acme/shop/branch/off', active: false });
      one.seed({ name: ends });
      const inputs = {
        operation: 'list',
        name: '{repository}/branch/{branch}',
        github_token: server.tokens.github,
      };
      const all = await one.run(inputs, on(server));
      expect(JSON.parse(all.outputs['keys'] ?? '')).toMatchObject([
        { name: 'acme/shop/branch/main', state: 'active', branch: 'main' },
        { name: 'acme/shop/branch/gone', state: 'gone', branch: 'gone' },
        { name: 'acme/shop/branch/off', state: 'inactive', branch: 'off' },
        { name: ends, state: 'ending', branch: 'main', ends_at: isoMoment(endOf(ends) ?? 0) },
      ]);
      // The counts first, then those that somebody should look at.
      expect(all.log).toMatch(
        /By state: 1 gone, 1 ending, 1 active, 1 inactive\.\n"acme\/shop\/branch\/gone" \(.*\): of the branch "gone", which is gone\.\n.*: ends on /u,
      );
      expect(all.summary).toContain('<th>State</th>');
      expect(server.requests).toHaveLength(1);
      const gone = await one.run({ ...inputs, state: 'ended\ngone' }, on(server));
      expect(gone.outputs).toMatchObject({ count: '1' });
      const off = await one.run({ ...inputs, is_active: 'false', github_token: '' }, on(server));
      expect(off.outputs).toMatchObject({ count: '1' });
      expect(server.requests).toHaveLength(2);
    },
  );
});
