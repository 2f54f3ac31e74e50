import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.ts';
import type { EnsureRequest, IfValueLost } from '../../src/operations/ensure-request.ts';
import { pass, play, setting, stored } from './setting.ts';
import { ensuring, name, rotating, secret } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';

test.each<IfValueLost>(['fail', 'rotate', 'ignore'])(
  'a value that another run has learnt a moment ago is not lost, whatever `if_value_lost` says: %s',
  async (ifValueLost) => {
    const world = setting({ hideValues: true });
    for (const run of ['first', 'second']) {
      arrange(world, { name: run, request: ensuring({ ifValueLost }), jobStatus: 'success' });
    }
    await world.time.run();
    const { reports } = world;
    const failed = reports.flatMap(({ failure }) => failure ?? []);
    // To rotate it would be to retire the key that the other run goes on to use.
    expect(stored(world)).toEqual([{ name, active: true }]);
    expect(reports.filter(({ outcome }) => outcome?.created === true)).toHaveLength(1);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ kind: 'value_hidden' });
    expect(failed[0]?.report).toMatch(/Another run has just made it.*Run the job again/u);
  },
);

describe('`if_value_lost: ignore`', () => {
  const nowhere = ensuring({ ifValueLost: 'ignore' });
  const words = 'The output `value` is empty, as `if_value_lost` says.';
  const empty = expect.stringContaining(words) as unknown;

  test('is a line of the log where the value is kept nowhere: that was asked for', async () => {
    const world = setting({ hideValues: true });
    await world.plant([{ name }]);
    const { warnings, notices, infos, outcome } = await play(world, nowhere);
    expect([warnings, notices]).toEqual([[], []]);
    expect(infos).toEqual([empty]);
    expect(outcome?.value).toBeUndefined();
  });

  test.each<[string, Partial<EnsureRequest>]>([
    ['a secret that is not there', { secret }],
    ['a blank that is passed in', { storedValue: { isPassed: true, value: undefined } }],
    [
      'a value that does not work',
      { verify: true, storedValue: { isPassed: true, value: new Secret('cxtp_of_no_key') } },
    ],
  ])('is a warning where the value was to be in a place: %s', async (_what, change) => {
    const world = setting({ hideValues: true });
    await world.plant([{ name }]);
    const { warnings, infos } = await play(world, { ...nowhere, ...change });
    expect(warnings).toEqual([empty]);
    expect(infos.filter((line) => line.includes(words))).toEqual([]);
  });

  test('is a warning where the value that the service discloses does not work', async () => {
    const world = setting();
    await world.plant([{ name }]);
    world.ingestionBehaviour = { newKeysAcceptedAfterMs: 1_000_000 };
    const { warnings } = await play(world, { ...nowhere, verify: true });
    expect(warnings).toEqual([empty]);
  });
});

describe('a key that is made while `stored_value` is blank', () => {
  const blank = ensuring({
    ifValueLost: 'rotate',
    storedValue: { isPassed: true, value: undefined },
  });
  const told = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line.includes('look for a misspelt `secret_name`'));

  test.each([
    ['the first', []],
    ['one in place of another', [{ name }]],
  ])('is told to be kept, without a warning, where no secret is named: %s', async (_what, keys) => {
    const world = setting({ hideValues: true });
    await world.plant(keys);
    const { warnings, infos, outcome } = await play(world, blank);
    expect(outcome?.value).toBeDefined();
    expect(told(infos)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  test.each<[string, Partial<EnsureRequest>]>([
    ['a secret is named', { secret }],
    ['the value is not wanted again', { storedValue: { isPassed: false } }],
    ['the key ends with its job', { lifetime: 'job', ifValueLost: 'fail' }],
  ])('is taken as it is where %s', async (_what, change) => {
    const world = setting({ hideValues: true });
    const { infos, outcome } = await play(world, { ...blank, ...change });
    expect(outcome?.created).toBe(true);
    expect(told(infos)).toEqual([]);
  });
});

test('a value whose key a `rotate` without `secret_name` has deactivated is lost, and said to be so', async () => {
  const world = setting({ hideValues: true });
  const keeping = ensuring({ secret, ifValueLost: 'rotate' });
  const { outcome: first } = await play(world, keeping);
  await play(world, rotating({ retireWhen: 'now' }));
  const again = { ...keeping, storedValue: { isPassed: true, value: first?.value } } as const;
  const words = 'deactivated since, for example by a `rotate` without `secret_name`.';
  // By the times alone it could be lag.
  const { failure } = await play(world, again);
  expect(failure).toMatchObject({ kind: 'value_hidden' });
  expect(failure?.report).toContain(words);
  expect(failure?.report).not.toContain('does not show');
  await pass(world, 60_000);
  const { outcome, notices } = await play(world, again);
  expect(notices).toContainEqual(expect.stringContaining(words));
  expect(outcome).toMatchObject({ created: true });
  expect(world.github.secret?.value.reveal()).toBe(outcome?.value?.reveal());
});
