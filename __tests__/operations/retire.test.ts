import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import { retired, retireKey } from '../../src/operations/retire.ts';
import type { Keys, Retire } from '../../src/core/ports.ts';

const unused = (): Promise<never> => Promise.reject(new Error('not for retiring'));

/** A service that does what it is told to any key, and notes what it was asked. */
function service(answer: 'done' | 'gone' | Failure): {
  readonly keys: Keys;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const keys: Keys = {
    create: unused,
    get: unused,
    list: unused,
    update: (id, change) => {
      asked.push(`update ${id} ${JSON.stringify(change)}`);
      if (answer === 'done') return Promise.resolve();
      return Promise.reject(answer === 'gone' ? new Failure('not_found', 'No such key.') : answer);
    },
    delete: (id) => {
      asked.push(`delete ${id}`);
      if (answer instanceof Failure) return Promise.reject(answer);
      return Promise.resolve(answer === 'done' ? 'deleted' : 'gone');
    },
  };
  return { keys, asked };
}

describe('retiring a key', () => {
  test.each<[Retire, string, string]>([
    ['deactivate', 'update k {"active":false}', 'deactivated'],
    ['delete', 'delete k', 'deleted'],
  ])('%s', async (retire, expected, word) => {
    const there = service('done');
    expect(await retireKey(there.keys, 'k', retire)).toBe(true);
    expect(there.asked).toEqual([expected]);
    expect(retired(retire)).toBe(word);
  });

  test.each<Retire>(['deactivate', 'delete'])('that is gone is as good: %s', async (retire) => {
    expect(await retireKey(service('gone').keys, 'k', retire)).toBe(false);
  });

  test.each<Retire>(['deactivate', 'delete'])('that fails says so: %s', async (retire) => {
    const failure = new Failure('permission', 'Denied.');
    await expect(retireKey(service(failure).keys, 'k', retire)).rejects.toBe(failure);
  });
});
