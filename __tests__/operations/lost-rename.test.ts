import { describe, expect, test } from '@jest/globals';
import type { Request } from '../../src/operations/index.ts';
import { scripted, setting } from './setting.ts';
import { dropped, silence, status, type CallOutcome } from './simulation/outcome.ts';
import { creating, ensuring, name, rotating } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';

const notFound = 'NOT_FOUND';
const denied = 'PERMISSION_DENIED';
const unauthenticated = 'UNAUTHENTICATED';

/** A first call of which nothing is known, and then "no such key" after three seconds. */
const lost = {
  'was lost with its connection': dropped(10, 20),
  'never came': silence(10),
};

/** What each further call is told. */
const later: Readonly<Record<string, readonly CallOutcome[]>> = {
  'that it is denied': [status(denied, 20)],
  'that the caller is not known': [status(unauthenticated, 20)],
  'that there is no such key, as often as it asks': Array.from({ length: 9 }, () =>
    status(notFound, 20),
  ),
};

/** Each of them gives a name that no other key bears; the second run begins when it is given. */
const requests: Readonly<Record<string, readonly [request: Request, secondStartsAfter: number]>> = {
  ensure: [ensuring(), 4000],
  'ensure for one job': [ensuring({ lifetime: 'job', retire: 'delete' }), 4000],
  'create for one job': [creating({ lifetime: 'job', retire: 'delete' }), 1000],
  'a first rotate': [rotating(), 1000],
};

describe('a rename that was done, and whose reply', () => {
  const cases = Object.entries(requests).flatMap(([operation, [request, startsAfter]]) =>
    Object.entries(lost).flatMap(([how, first]) =>
      Object.entries(later).map(([what, answers]) => ({
        operation,
        request,
        startsAfter,
        how,
        outcomes: [first, status(notFound, 3000), ...answers],
        what,
      })),
    ),
  );

  test.each(cases)(
    '$how keeps its key, which another run uses, though it then hears $what: $operation',
    async ({ request, startsAfter, outcomes }) => {
      const world = setting({ faults: scripted({ Update: outcomes }) });
      arrange(world, { name: 'first', request, hasJobEnd: false });
      arrange(world, { name: 'second', request: ensuring(), startsAfter, hasJobEnd: false });
      await world.time.run();
      const [first, second] = world.reports;
      const [key, ...others] = world.store.keys();
      expect(others).toEqual([]);
      expect(key).toMatchObject({ name, active: true });
      expect(second?.outcome?.key?.id).toBe(key?.id);
      expect(first?.failure?.message).toContain(`The key ${key?.id} may have its name by now`);
      expect(first?.failure).toMatchObject({ effect: 'unknown', keyIds: [key?.id] });
    },
  );

  test('was lost is done all the same when it is asked again and works', async () => {
    const world = setting({
      faults: scripted({ Update: [dropped(10, 20), status(notFound, 20)] }),
    });
    arrange(world, { name: 'first', request: ensuring() });
    await world.time.run();
    expect(world.reports[0]?.outcome?.created).toBe(true);
    expect(world.store.keys()).toMatchObject([{ name, active: true }]);
  });

  test.each(['create for one job', 'ensure for one job'])(
    'was lost leaves the key to the end of the job: %s',
    async (operation) => {
      const [request] = requests[operation] ?? [ensuring()];
      const outcomes = [dropped(10, 20), status(notFound, 20), status(denied, 20)];
      const world = setting({ faults: scripted({ Update: outcomes }) });
      arrange(world, { name: 'first', request, jobLastsMs: 60_000 });
      await world.time.run();
      expect(world.reports[0]?.jobEndSentences).toEqual([
        expect.stringContaining('was deleted, as its job has ended'),
      ]);
      expect(world.store.keys()).toEqual([]);
    },
  );
});

describe('a rename that was refused', () => {
  test.each([
    ['every time', [status(notFound, 20), status(notFound, 20), status(denied, 20)]],
    ['at once', [status(unauthenticated, 20)]],
  ])('%s deletes its key', async (_what, outcomes) => {
    const world = setting({ faults: scripted({ Update: outcomes }) });
    arrange(world, { name: 'first', request: ensuring() });
    await world.time.run();
    expect(world.reports[0]?.failure?.message).toContain('that this run made was deleted');
    expect(world.store.keys()).toEqual([]);
  });
});

test('a deactivation of which nobody knows whether it was done is not told as refused', async () => {
  const outcomes = [undefined, dropped(10, 20), status(notFound, 20), status(denied, 20)];
  const world = setting({ faults: scripted({ Update: outcomes }) });
  arrange(world, { name: 'first', request: ensuring(), outputsWritable: false });
  await world.time.run();
  expect(world.reports[0]?.failure?.message).toContain('may still be active: Deactivating the key');
});

test('a key for one job is not called gone where an earlier attempt has retired it', async () => {
  const missing = Array.from({ length: 9 }, () => status(notFound, 20));
  const world = setting({
    faults: scripted({ Update: [undefined, dropped(10, 20), ...missing] }),
  });
  arrange(world, { name: 'first', request: ensuring({ lifetime: 'job' }) });
  await world.time.run();
  const [report] = world.reports;
  expect(report?.jobEndSentences).toEqual([expect.stringContaining('was deactivated')]);
  expect(world.store.keys()).toMatchObject([{ active: false }]);
});

test('a key for one job is not called gone while the list shows it as active', async () => {
  const missing = Array.from({ length: 9 }, () => status('NOT_FOUND', 20));
  const world = setting({
    faults: scripted({ Update: [undefined, dropped(undefined, 20), ...missing] }),
  });
  arrange(world, { name: 'first', request: ensuring({ lifetime: 'job' }) });
  await world.time.run();
  const [report] = world.reports;
  expect(report?.jobEndSentences).toEqual([]);
  expect(report?.warnings).toEqual([expect.stringContaining(`still active: run this again`)]);
  expect(report?.warnings[0]).toContain(world.store.keys()[0]?.id);
});
