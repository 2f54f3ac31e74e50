import { describe, expect, test } from '@jest/globals';
import { createStore, type Store, type StoreOptions } from '../../../tools/emulator/store.ts';
import { StatusError } from '../../../tools/emulator/status.ts';

const team = 1;
const unknownId = '00000000-0000-4000-8000-000000000000';

function world(options: Partial<StoreOptions> = {}): { store: Store; time: { now: number } } {
  const time = { now: 1000 };
  const store = createStore({ now: () => time.now, ...options });
  store.addCaller('admin', { teamId: team, permissions: 'manage' });
  store.addCaller('reader', { teamId: team, permissions: 'read' });
  store.addCaller('powerless', { teamId: team, permissions: 'none' });
  store.addCaller('neighbour', { teamId: 2, permissions: 'manage' });
  return { store, time };
}

const key = (name: string, hashed = false) =>
  ({
    name,
    owner: { kind: 'team', teamId: team },
    presets: ['SendData'],
    permissions: [],
    hashed,
  }) as const;

/** The name of the status that an operation is refused with; OK when it is not. */
function statusOf(operation: () => unknown): string {
  try {
    operation();
    return 'OK';
  } catch (thrown) {
    if (thrown instanceof StatusError) return thrown.status;
    throw thrown;
  }
}

/** The status of each operation on a key, for one caller. */
const statuses = (store: Store, token: string, keyId: string): Record<string, string> => ({
  create: statusOf(() => store.create(token, key('another'))),
  get: statusOf(() => store.get(token, keyId)),
  list: statusOf(() => store.list(token)),
  update: statusOf(() => {
    store.update(token, { keyId, isActive: true });
  }),
  delete: statusOf(() => {
    store.delete(token, keyId);
  }),
});

describe('who may do what', () => {
  test('a caller that may manage may do all', () => {
    const { store } = world();
    const { keyId } = store.create('admin', key('a'));
    expect(new Set(Object.values(statuses(store, 'admin', keyId)))).toEqual(new Set(['OK']));
  });

  test('a caller that may read may list, and nothing else', () => {
    const { store } = world();
    const { keyId } = store.create('admin', key('a'));
    const { list, ...others } = statuses(store, 'reader', keyId);
    expect(list).toBe('OK');
    expect(new Set(Object.values(others))).toEqual(new Set(['PERMISSION_DENIED']));
  });

  test.each([
    ['a known caller without permission', 'powerless', 'PERMISSION_DENIED'],
    ['an unknown caller', 'nobody', 'UNAUTHENTICATED'],
  ])('%s may do nothing', (_who, token, status) => {
    const { store } = world();
    const { keyId } = store.create('admin', key('a'));
    expect(new Set(Object.values(statuses(store, token, keyId)))).toEqual(new Set([status]));
    expect(store.keys()).toHaveLength(1);
  });

  test('the keys of another team are not found, not listed and not changed', () => {
    const { store } = world();
    const { keyId } = store.create('admin', key('a'));
    expect(statuses(store, 'neighbour', keyId)).toEqual({
      create: 'PERMISSION_DENIED',
      get: 'NOT_FOUND',
      list: 'OK',
      update: 'NOT_FOUND',
      delete: 'NOT_FOUND',
    });
    expect(store.list('neighbour')).toEqual([]);
    expect(store.keys().map(({ id }) => id)).toEqual([keyId]);
  });
});

describe('what is refused', () => {
  test.each([
    ['no owner', { owner: undefined }],
    ['a user as the owner', { owner: { kind: 'user', userId: 'u' } }],
    ['an organisation as the owner', { owner: { kind: 'organisation', organisationId: 'o' } }],
    ['no preset', { presets: [] }],
    ['another preset', { presets: ['ApiKeys'] }],
    ['one preset more', { presets: ['SendData', 'ApiKeys'] }],
    ['a permission of its own', { permissions: ['logs.data-ingress:SendData'] }],
  ] as const)('a new key with %s', (_what, change) => {
    const { store } = world();
    const status = statusOf(() => store.create('admin', { ...key('a'), ...change }));
    expect(status).toBe('INVALID_ARGUMENT');
    expect(store.keys()).toEqual([]);
  });

  test('an update to another preset', () => {
    const { store } = world();
    const { keyId } = store.create('admin', key('a'));
    const update = (): void => {
      store.update('admin', { keyId, presets: ['ApiKeys'], newName: 'b' });
    };
    expect(statusOf(update)).toBe('INVALID_ARGUMENT');
    expect(store.get('admin', keyId).name).toBe('a');
  });

  test.each([
    ['a key_id that is no UUID', 'my-key', 'INVALID_ARGUMENT'],
    ['a UUID that no key has', unknownId, 'NOT_FOUND'],
  ])('%s', (_what, keyId, status) => {
    const { store } = world();
    const { get, update, delete: deleted } = statuses(store, 'admin', keyId);
    expect([get, update, deleted]).toEqual([status, status, status]);
  });

  test('a key that was deleted', () => {
    const { store } = world();
    const { keyId } = store.create('admin', key('a'));
    store.delete('admin', keyId);
    const { get, update, delete: again } = statuses(store, 'admin', keyId);
    expect([get, update, again]).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    expect(store.deletedKeys().map(({ name }) => name)).toEqual(['a']);
  });
});

describe('what a key is', () => {
  test('names need not be unique, nor anything in particular', () => {
    const { store } = world();
    for (const name of ['same', 'same', '', 'x\n::set-output name=value::pwned']) {
      store.create('admin', key(name));
    }
    expect(store.list('admin').map(({ name }) => name)).toEqual([
      'same',
      'same',
      '',
      'x\n::set-output name=value::pwned',
    ]);
    expect(new Set(store.keys().map(({ id }) => id)).size).toBe(4);
  });

  test('a new key is active, and its value looks like one of the vendor', () => {
    const { store } = world();
    const { keyId, value } = store.create('admin', key('a'));
    expect(store.get('admin', keyId)).toMatchObject({ active: true, hashed: false });
    expect(/^cxtp_[A-Za-z0-9]{30}$/u.test(value)).toBe(true);
    expect(store.create('admin', key('b')).value === value).toBe(false);
  });

  test('an update changes what it names and leaves the rest', () => {
    const { store } = world();
    const { keyId } = store.create('admin', { ...key('a'), accessPolicy: 'policy' });
    const seen = (): unknown[] => {
      const { name, active, accessPolicy } = store.get('admin', keyId);
      return [name, active, accessPolicy];
    };
    store.update('admin', { keyId });
    expect(seen()).toEqual(['a', true, 'policy']);
    store.update('admin', { keyId, isActive: false });
    expect(seen()).toEqual(['a', false, 'policy']);
    store.update('admin', { keyId, newName: '' });
    expect(seen()).toEqual(['', false, 'policy']);
    store.update('admin', { keyId, accessPolicy: '' });
    expect(seen()).toEqual(['', false, undefined]);
  });

  test('the list has no keys of other presets', () => {
    const { store } = world();
    store.seed(1, 'other-', { teamId: team, presets: ['ApiKeys'] });
    store.seed(2, 'mine-', { teamId: team });
    expect(store.list('admin').map(({ name }) => name)).toEqual(['mine-0', 'mine-1']);
  });

  test('every commit is told, within the call that makes it', () => {
    const { store, time } = world();
    const commits: unknown[] = [];
    const end = store.onCommit(({ kind, key: { name, active }, at }) => {
      commits.push([kind, name, active, at]);
    });
    const { keyId } = store.create('admin', key('a'));
    time.now = 1500;
    store.update('admin', { keyId, isActive: false });
    store.delete('admin', keyId);
    end();
    store.create('admin', key('b'));
    expect(commits).toEqual([
      ['created', 'a', true, 1000],
      ['updated', 'a', false, 1500],
      ['deleted', 'a', false, 1500],
    ]);
  });
});

describe('where the value is disclosed', () => {
  const disclosures = (store: Store, hashed: boolean): boolean[] => {
    const { keyId, value } = store.create('admin', key('a', hashed));
    return [
      value !== '',
      store.get('admin', keyId).value === value,
      store.list('admin')[0]?.value === value,
    ];
  };

  test('everywhere, for a key that is not hashed', () => {
    expect(disclosures(world().store, false)).toEqual([true, true, true]);
  });

  test('in the reply of create only, for a key that is hashed', () => {
    const { store } = world();
    expect(disclosures(store, true)).toEqual([true, false, false]);
    expect(store.keys()[0]?.value).toBeUndefined();
  });

  test('in the reply of create only, where reads hide values', () => {
    expect(disclosures(world({ hideValues: true }).store, false)).toEqual([true, false, false]);
  });
});

describe('reads that lag', () => {
  test('a key cannot be seen or changed until the lag is over', () => {
    const { store, time } = world({ readLagMs: 100 });
    const { keyId } = store.create('admin', key('a'));
    time.now = 1099;
    const { get, update, delete: deleted } = statuses(store, 'admin', keyId);
    expect([get, update, deleted]).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    expect(store.list('admin')).toEqual([]);
    time.now = 1100;
    expect(store.get('admin', keyId).name).toBe('a');
    expect(store.list('reader').map(({ name }) => name)).toEqual(['a']);
    expect(
      statusOf(() => {
        store.delete('admin', keyId);
      }),
    ).toBe('OK');
  });

  test('reads show the state as it was, through several changes within the lag', () => {
    const { store, time } = world({ readLagMs: 100 });
    const { keyId } = store.create('admin', key('0'));
    const change = (now: number, newName: string): void => {
      time.now = now;
      store.update('admin', { keyId, newName });
    };
    change(1100, '1');
    change(1150, '2');
    change(1180, '3');
    const seen = [1180, 1199, 1200, 1249, 1250, 1279, 1280, 9999].map((now) => {
      time.now = now;
      expect(store.list('admin')).toHaveLength(1);
      return store.get('admin', keyId).name;
    });
    expect(seen).toEqual(['0', '0', '1', '1', '2', '2', '3', '3']);
    expect(store.keys()[0]?.name).toBe('3');
  });

  test('a deleted key is still read within the lag, and cannot be changed any more', () => {
    const { store, time } = world({ readLagMs: 100 });
    const { keyId } = store.create('admin', key('a'));
    time.now = 1200;
    store.delete('admin', keyId);
    time.now = 1299;
    expect(store.get('admin', keyId).name).toBe('a');
    expect(store.list('admin')).toHaveLength(1);
    expect(
      statusOf(() => {
        store.update('admin', { keyId, isActive: true });
      }),
    ).toBe('NOT_FOUND');
    time.now = 1300;
    expect(statusOf(() => store.get('admin', keyId))).toBe('NOT_FOUND');
    expect(store.list('admin')).toEqual([]);
  });

  test('seeded keys are there at once', () => {
    const { store } = world({ readLagMs: 60_000 });
    const [seeded] = store.seed(3, 's-', { teamId: team, active: false, hashed: true });
    expect(store.list('admin').map(({ name }) => name)).toEqual(['s-0', 's-1', 's-2']);
    expect(store.get('admin', seeded?.id ?? '')).toMatchObject({ active: false, hashed: true });
  });
});
