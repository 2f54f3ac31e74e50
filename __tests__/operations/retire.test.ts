import { describe, expect, test } from '@jest/globals';
import { startBudget } from '../../src/core/clock.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Key, Keys, Retire } from '../../src/core/ports.ts';
import type { Ports } from '../../src/operations/operation.ts';
import type { PruneRequest } from '../../src/operations/prune.ts';
import type { Request } from '../../src/operations/index.ts';
import { retired, retireKeys, type RetirePorts } from '../../src/operations/retire.ts';
import { play, setting, type Played } from './setting.ts';
import { ensuring, name, rotating } from './simulation/requests.ts';
import { token } from './simulation/service.ts';
import { VirtualTime } from './simulation/virtual-time.ts';
import type { World } from './simulation/world.ts';
import { bareKey } from '../support/key.ts';
import { silentLog } from '../support/log.ts';

/** What the service says of a key that its writes do not know. */
const missing = new Failure('not_found', 'No such key.', { effect: 'none' });

/**
 * A service whose list shows keys that are not found when they are to be retired: so long, in
 * milliseconds, from the first time on.
 */
function notFoundFor(lastsMs: number): (ports: Ports) => Ports {
  let firstAt: number | undefined;
  return ({ keys, ...ports }) => {
    const isMissing = (): boolean => {
      firstAt ??= ports.clock.elapsed();
      return ports.clock.elapsed() - firstAt < lastsMs;
    };
    const lagging: Keys = {
      ...keys,
      update: (id, change) =>
        change.active === false && isMissing() ? Promise.reject(missing) : keys.update(id, change),
      delete: (id) => (isMissing() ? Promise.resolve('gone') : keys.delete(id)),
    };
    return { ...ports, keys: lagging };
  };
}

/** Somebody else deletes each key right before it is to be retired. */
function deletedBefore({ keys, ...ports }: Ports, { store }: World): Ports {
  const before = (id: string): void => {
    if (store.keys().some((key) => key.id === id)) store.delete(token, id);
  };
  const late: Keys = {
    ...keys,
    update: (id, change) => {
      if (change.active === false) before(id);
      return keys.update(id, change);
    },
    delete: (id) => {
      before(id);
      return keys.delete(id);
    },
  };
  return { ...ports, keys: late };
}

/** What a service answers that does nothing; by default, that all was done. */
interface Answers {
  readonly update?: Failure;
  readonly delete?: 'gone' | 'maybe_deleted';
  readonly list?: readonly Key[] | Failure;
}

/** Such a service, in virtual time, which notes what it was asked. */
function service(answers: Answers): {
  readonly ports: RetirePorts;
  readonly asked: string[];
  readonly time: VirtualTime;
} {
  const time = new VirtualTime();
  const asked: string[] = [];
  const answer = <T>(what: string, value: T | Failure): Promise<T> => {
    asked.push(what);
    return value instanceof Failure ? Promise.reject(value) : Promise.resolve(value);
  };
  const unused = (): Promise<never> => Promise.reject(new Error('not for retiring'));
  const clock = {
    now: () => time.now,
    elapsed: () => time.now,
    sleep: (milliseconds: number) => time.sleep(milliseconds),
  };
  const keys: Keys = {
    create: unused,
    get: unused,
    list: () => answer('list', answers.list ?? []),
    update: (id) => answer(`update ${id}`, answers.update),
    delete: (id) => answer(`delete ${id}`, answers.delete ?? 'deleted'),
  };
  return {
    ports: { keys, clock, log: silentLog, budget: startBudget(clock, 60_000) },
    asked,
    time,
  };
}

const pruning = (retire: Retire): PruneRequest => ({
  operation: 'prune',
  template: {
    text: 'shop/{branch}',
    open: 'branch',
    capture: (text) => (text === name ? 'gone' : undefined),
  },
  retire,
  most: 20,
  dryRun: false,
});

const byName = (operation: 'deactivate' | 'delete'): Request => ({
  operation,
  keys: { by: 'name', name },
  dryRun: false,
});

/** Each way in which keys are retired. */
const ways: Readonly<Record<string, Request>> = {
  'deactivate by name': byName('deactivate'),
  'delete by name': byName('delete'),
  'rotate with `now`': rotating({ retireWhen: 'now' }),
  'rotate with `now`, deleting': rotating({ retireWhen: 'now', retire: 'delete' }),
  'rotate, by the end of the job': rotating(),
  'rotate, by the end of the job, deleting': rotating({ retire: 'delete' }),
  'a key for one job': ensuring({ lifetime: 'job' }),
  'a key for one job, deleting': ensuring({ lifetime: 'job', retire: 'delete' }),
  prune: pruning('deactivate'),
  'prune, deleting': pruning('delete'),
};

interface Told {
  readonly world: World;
  readonly played: Played;
  /** The id of the key that was to be retired. */
  readonly id: string;
}

/** Has a key retired in one of the {@link ways}, by a service that is changed. */
async function retiring(way: string, tamper: (ports: Ports, world: World) => Ports): Promise<Told> {
  const request = ways[way] ?? ensuring();
  const world: World = setting({ tamper: (ports) => tamper(ports, world) });
  const [planted] = request.operation === 'ensure' ? [] : await world.plant([{ name }]);
  const played = await play(world, request, {
    hasJobEnd: true,
    jobStatus: 'success',
    existing: new Set<string>(),
  });
  return { world, played, id: planted ?? played.outcome?.key?.id ?? '' };
}

/** Whether the run tells that it changed something: where that is not the new key of a rotation. */
function toldAsRetired({ outcome, jobEndSentences: told = [] }: Played): boolean {
  if (outcome?.created === true)
    return told.some((sentence) => /deactivated|deleted/u.test(sentence));
  return outcome?.changed === true;
}

const isLeft = ({ world, id }: Told): boolean =>
  world.store.keys().some((key) => key.id === id && key.active);

describe.each(Object.keys(ways))('a list shows the key, and the change finds none: %s', (way) => {
  test.each([0, 2000])('for %i ms: it is retired, and nothing more is said', async (lastsMs) => {
    const told = await retiring(way, notFoundFor(lastsMs));
    expect(isLeft(told)).toBe(false);
    expect(told.played.warnings).toEqual([]);
    expect(told.played.failure ?? told.played.jobEndFailure).toBeUndefined();
    const isByNow = way.includes('`now`');
    expect(toldAsRetired(told.played)).toBe(!isByNow);
  });

  test.each([20_000, Infinity])(
    'for %d ms: one warning names it, and it does not count as retired',
    async (lastsMs) => {
      const told = await retiring(way, notFoundFor(lastsMs));
      expect(isLeft(told)).toBe(true);
      const { warnings, failure, jobEndFailure } = told.played;
      expect(warnings).toEqual([expect.stringContaining(told.id)]);
      expect(failure ?? jobEndFailure).toBeUndefined();
      expect(toldAsRetired(told.played)).toBe(false);
    },
  );

  test('as somebody else has just deleted it: nothing more is said, and it does not count', async () => {
    const told = await retiring(way, deletedBefore);
    expect(told.world.store.keys().some(({ id }) => id === told.id)).toBe(false);
    const { warnings, failure, jobEndFailure } = told.played;
    expect(warnings).toEqual([]);
    expect(failure ?? jobEndFailure).toBeUndefined();
    expect(toldAsRetired(told.played)).toBe(false);
  });
});

describe('retiring keys', () => {
  const ids = ['a', 'b', 'c'];
  const key = (id: string, active = true): Key => bareKey({ id, name, active });

  test.each<[Retire, string, string]>([
    ['deactivate', 'update', 'deactivated'],
    ['delete', 'delete', 'deleted'],
  ])('%s', async (retire, call, word) => {
    const { ports, asked } = service({});
    const retirements = await retireKeys(ids, retire, ports);
    expect([...retirements]).toEqual(ids.map((id) => [id, 'retired']));
    expect(asked).toEqual(ids.map((id) => `${call} ${id}`));
    expect(retired(retire)).toBe(word);
  });

  test('waits for all of those together that are not found, and looks once', async () => {
    const { ports, asked, time } = service({ update: missing, list: [key('b')] });
    const end = retireKeys(ids, 'deactivate', ports);
    await time.run();
    expect([...(await end)]).toEqual([
      ['a', 'gone'],
      ['b', 'still_listed'],
      ['c', 'gone'],
    ]);
    expect(time.now).toBe(5000);
    expect(asked.filter((each) => each === 'list')).toHaveLength(1);
  });

  test.each([
    ['which the list shows as inactive', 'deactivate', [key('a', false)], 'retired'],
    ['which the list does not show', 'deactivate', [], 'gone'],
    ['which the list shows, active or not', 'delete', [key('a', false)], 'still_listed'],
  ] as const)('takes one %s for what that means: %s', async (_what, retire, list, expected) => {
    const { ports, time } = service({ update: missing, delete: 'gone', list });
    const end = retireKeys(['a'], retire, ports);
    await time.run();
    expect([...(await end)]).toEqual([['a', expected]]);
  });

  test('of one deletion the answer was lost: it is done where the list shows the key no more', async () => {
    for (const [list, expected] of [
      [[], 'retired'],
      [[key('a')], 'still_listed'],
    ] as const) {
      const { ports, time } = service({ delete: 'maybe_deleted', list });
      const end = retireKeys(['a'], 'delete', ports);
      await time.run();
      expect([...(await end)]).toEqual([['a', expected]]);
    }
  });

  test('calls nothing gone that it could not look at', async () => {
    const list = new Failure('permission', 'Denied.');
    const { ports, time } = service({ delete: 'gone', list });
    const end = retireKeys(['a'], 'delete', ports).catch((thrown: unknown) => thrown);
    await time.run();
    expect(await end).toMatchObject({
      kind: 'permission',
      message: expect.stringContaining('nobody knows'),
      keyIds: ['a'],
    });
  });

  test('that is refused for another reason is a failure, at once', async () => {
    const denied = new Failure('permission', 'Denied.', { effect: 'none' });
    const { ports, time } = service({ update: denied });
    await expect(retireKeys(['a'], 'deactivate', ports)).rejects.toBe(denied);
    expect(time.now).toBe(0);
  });
});
