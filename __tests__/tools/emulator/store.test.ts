import { describe, expect, test } from '@jest/globals';
import type { UpdateArguments } from '../../../tools/emulator/key.ts';
import { toKeyInfo } from '../../../tools/emulator/messages.ts';
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
    ['another team as the owner', { owner: { kind: 'team', teamId: 2 } }, 'PERMISSION_DENIED'],
    ['no team of that number', { owner: { kind: 'team', teamId: 0 } }, 'PERMISSION_DENIED'],
    ['an access policy that is not JSON', { accessPolicy: '{"version":' }, 'INVALID_ARGUMENT'],
    ['a blank access policy', { accessPolicy: ' ' }, 'INVALID_ARGUMENT'],
  ] as const)('a new key with %s', (_what, change, status) => {
    const { store } = world();
    expect(statusOf(() => store.create('admin', { ...key('a'), ...change }))).toBe(status);
    expect(store.keys()).toEqual([]);
  });

  test('an update to an access policy that is not JSON, with all that it names besides', () => {
    const { store } = world();
    const { keyId } = store.create('admin', { ...key('a'), accessPolicy: '{}' });
    const update = (): void => {
      store.update('admin', { keyId, newName: 'b', presets: [], accessPolicy: 'everybody' });
    };
    expect(statusOf(update)).toBe('INVALID_ARGUMENT');
    const left = { name: 'a', presets: ['SendData'], accessPolicy: '{}' };
    expect(store.get('admin', keyId)).toMatchObject(left);
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
    const { keyId } = store.create('admin', { ...key('a'), accessPolicy: '{ }' });
    const seen = (): unknown[] => {
      const { name, active, accessPolicy } = store.get('admin', keyId);
      return [name, active, accessPolicy];
    };
    store.update('admin', { keyId });
    expect(seen()).toEqual(['a', true, '{ }']);
    store.update('admin', { keyId, isActive: false });
    expect(seen()).toEqual(['a', false, '{ }']);
    store.update('admin', { keyId, newName: '' });
    expect(seen()).toEqual(['', false, '{ }']);
    store.update('admin', { keyId, accessPolicy: '' });
    expect(seen()).toEqual(['', false, undefined]);
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

describe('keys of other kinds', () => {
  const owners = [
    { kind: 'user', userId: 'user-1' },
    { kind: 'team', teamId: team },
    { kind: 'organisation', organisationId: 'organisation-1' },
    undefined,
  ] as const;
  const grants = [
    { presets: [], permissions: [] },
    { presets: ['Alerts'], permissions: [] },
    { presets: ['APM', 'SendData'], permissions: [] },
    { presets: ['SendData', 'SendData'], permissions: ['a:B', 'a:B', ''] },
    { presets: [], permissions: ['legacy-archive-queries:Execute'] },
    { presets: ['ApiKeys'], permissions: ['spans.data-ingress:SendData'] },
    { presets: ['no such preset'], permissions: ['no such permission'] },
  ];
  const policy = '{ "version": "2025-01-01",\n "default": {"permissions": {}} }';
  const cases = owners.flatMap((owner) => grants.map((grant) => ({ owner, ...grant })));

  test.each(cases)('%j is taken as it is, and given back so', (shape) => {
    const { store } = world();
    const { keyId } = store.create('admin', { ...key('a'), ...shape, accessPolicy: policy });
    expect(store.get('admin', keyId)).toMatchObject({ ...shape, accessPolicy: policy });
    expect(store.get('admin', keyId).owner).toEqual(shape.owner);
  });

  test('the list shows those that may send data, by preset or permission, whoever owns them', () => {
    const { store } = world();
    for (const shape of cases) store.create('admin', { ...key('a'), ...shape });
    store.create('neighbour', { ...key('theirs'), owner: owners[2] });
    const sending = [grants[2], grants[3], grants[5]];
    expect(store.list('reader').map(({ owner, presets }) => [owner, presets])).toEqual(
      owners.flatMap((owner) => sending.map((grant) => [owner, grant?.presets])),
    );
  });

  test.each([
    'cloud-metadata-ingress:SendData',
    'logs.data-ingress:SendData',
    'metrics.data-ingress:SendData',
    'spans.data-ingress:SendData',
    'contextual-data:SendData',
  ])('a key with nothing but the permission %s is in the list', (permission) => {
    const { store } = world();
    store.create('admin', { ...key('a'), presets: [], permissions: [permission] });
    expect(store.list('admin')).toHaveLength(1);
  });

  test('an update replaces presets and permissions, each where it is named', () => {
    const { store } = world();
    const { keyId } = store.create('admin', { ...key('a'), permissions: ['a:B'] });
    const granted = (change: Partial<UpdateArguments>): unknown => {
      store.update('admin', { keyId, ...change });
      const { presets, permissions } = store.get('admin', keyId);
      return [presets, permissions, store.list('admin').length];
    };
    expect(granted({ presets: ['SendData', 'Alerts'] })).toEqual([
      ['SendData', 'Alerts'],
      ['a:B'],
      1,
    ]);
    expect(granted({ permissions: [] })).toEqual([['SendData', 'Alerts'], [], 1]);
    expect(granted({ presets: [] })).toEqual([[], [], 0]);
    expect(granted({ permissions: ['c:D'], presets: ['APM'] })).toEqual([['APM'], ['c:D'], 0]);
  });
});

describe('keys that are there from the start', () => {
  test('one of any shape, in the account of any team', () => {
    const { store } = world({ readLagMs: 60_000, discloseValues: 'always' });
    const owner = { kind: 'user', userId: 'somebody' } as const;
    const [plain, odd] = store.add(
      { teamId: team, name: 'plain' },
      {
        ...{ teamId: team, name: 'odd', owner, active: false, hashed: true },
        ...{ presets: ['APM'], permissions: ['logs.data-ingress:SendData'] },
        accessPolicy: 'older than the check',
      },
      { teamId: 2, name: 'theirs', owner: { kind: 'team', teamId: team } },
    );
    expect(store.list('admin')).toMatchObject([
      {
        ...{ id: plain?.id, name: 'plain', owner: { kind: 'team', teamId: team }, active: true },
        ...{ hashed: false, presets: ['SendData'], permissions: [], accessPolicy: undefined },
        value: plain?.value,
      },
      {
        ...{ id: odd?.id, name: 'odd', owner, active: false, hashed: true, value: undefined },
        ...{ presets: ['APM'], permissions: ['logs.data-ingress:SendData'] },
        accessPolicy: 'older than the check',
      },
    ]);
    expect(store.list('neighbour').map(({ name }) => name)).toEqual(['theirs']);
  });

  test('permissions alone mean no preset', () => {
    const { store } = world();
    const permissions = ['contextual-data:SendData'];
    store.add({ teamId: team, name: 'a', permissions });
    expect(store.list('admin')).toMatchObject([{ presets: [], permissions }]);
  });

  test('an old key tells no owner and no permissions, until an update names some', () => {
    const { store } = world();
    const [old] = store.add({ teamId: team, name: 'a', untold: ['owner', 'key_permissions'] });
    const keyId = old?.id ?? '';
    const fields = (): string[] => Object.keys(toKeyInfo(store.get('admin', keyId)));
    expect(store.list('admin')).toHaveLength(1);
    expect(fields()).toEqual(['id', 'name', 'active', 'hashed']);
    store.update('admin', { keyId, isActive: false });
    expect(fields()).toEqual(['id', 'name', 'active', 'hashed']);
    store.update('admin', { keyId, presets: ['SendData'] });
    expect(fields()).toEqual(['id', 'name', 'active', 'hashed', 'key_permissions']);
  });
});

describe('names', () => {
  const statusesOf = (store: Store): string[] => {
    const { keyId } = store.create('admin', key('a'));
    store.update('admin', { keyId, isActive: false });
    const [other] = store.add({ teamId: team, name: 'b' });
    const rename = (keyId: string, newName: string) => (): void => {
      store.update('admin', { keyId, newName });
    };
    return [
      statusOf(() => store.create('admin', key('a'))),
      statusOf(rename(other?.id ?? '', 'a')),
      statusOf(rename(keyId, 'a')),
      statusOf(() =>
        store.create('neighbour', { ...key('a'), owner: { kind: 'team', teamId: 2 } }),
      ),
    ];
  };

  test('need not be unique', () => {
    expect(statusesOf(world().store)).toEqual(['OK', 'OK', 'OK', 'OK']);
  });

  test('must be unique in the team, where that is switched on', () => {
    const taken = ['ALREADY_EXISTS', 'ALREADY_EXISTS', 'OK', 'OK'];
    expect(statusesOf(world({ uniqueNames: true }).store)).toEqual(taken);
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

  test.each([false, true])('in the reply of create only, hashed or not: %j', (hashed) => {
    expect(disclosures(world().store, hashed)).toEqual([true, false, false]);
    expect(disclosures(world({ discloseValues: 'on_create' }).store, hashed)).toEqual([
      ...[true, false, false],
    ]);
  });

  test('everywhere, for a key that is not hashed, where that is switched on', () => {
    expect(disclosures(world({ discloseValues: 'always' }).store, false)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('in the reply of create only, for a key that is hashed, even then', () => {
    const { store } = world({ discloseValues: 'always' });
    expect(disclosures(store, true)).toEqual([true, false, false]);
    expect(store.keys()[0]?.value).toBeUndefined();
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

  test('writes can find a key at once, which reads do not see yet', () => {
    const { store } = world({ readLagMs: 100, writeLagMs: 0 });
    const { keyId } = store.create('admin', key('a'));
    const { get, update, delete: deleted } = statuses(store, 'admin', keyId);
    expect([get, update, deleted]).toEqual(['NOT_FOUND', 'OK', 'OK']);
  });

  test('writes can miss a key that reads see, until their own lag is over', () => {
    const { store, time } = world({ writeLagMs: 100 });
    const { keyId } = store.create('admin', key('a'));
    time.now = 1099;
    const { get, update, delete: deleted } = statuses(store, 'admin', keyId);
    expect([get, update, deleted]).toEqual(['OK', 'NOT_FOUND', 'NOT_FOUND']);
    time.now = 1100;
    expect(statuses(store, 'admin', keyId)).toMatchObject({ update: 'OK', delete: 'OK' });
  });

  test('seeded keys are there at once', () => {
    const { store } = world({ readLagMs: 60_000 });
    const [seeded] = store.seed(3, 's-', { teamId: team, active: false, hashed: true });
    expect(store.list('admin').map(({ name }) => name)).toEqual(['s-0', 's-1', 's-2']);
    expect(store.get('admin', seeded?.id ?? '')).toMatchObject({ active: false, hashed: true });
  });
});
