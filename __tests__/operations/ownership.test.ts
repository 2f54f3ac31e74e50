import { describe, expect, test } from '@jest/globals';
import type { Key } from '../../src/core/ports.ts';
import { sendDataPermissions } from '../../src/core/send-data.ts';
import {
  othersAmong,
  oursAmong,
  tellPassedOver,
  whyNotOurs,
} from '../../src/operations/ownership.ts';
import { bareKey } from '../support/key.ts';
import { silentLog } from '../support/log.ts';

const preset = (name: string): Key['presets'][number] => ({ name, permissions: [] });

function key(change: Partial<Key> = {}): Key {
  return bareKey({ owner: { kind: 'team', teamId: 1 }, presets: [preset('SendData')], ...change });
}

describe('a key is meant by name', () => {
  test.each<[string, Partial<Key>, number | undefined]>([
    ['of any team, where none is given', { owner: { kind: 'team', teamId: 2 } }, undefined],
    ['of the team that is given', {}, 1],
    ['whose owner is not told', { owner: undefined }, 1],
    [
      'with some of the five permissions',
      { presets: [], permissions: sendDataPermissions.slice(2) },
      1,
    ],
    [
      'with the preset and one of its permissions',
      { permissions: sendDataPermissions.slice(4) },
      1,
    ],
    ['of which nothing is told', { presets: [], owner: undefined }, 1],
    ['that is inactive', { active: false }, 1],
  ])('%s', (_what, change, teamId) => {
    expect(whyNotOurs(key(change), teamId)).toBeUndefined();
    expect(oursAmong([key(change)], teamId)).toHaveLength(1);
  });
});

describe('a key is not meant by name', () => {
  test.each<[string, Partial<Key>, string]>([
    ["a user's", { owner: { kind: 'user', userId: '1' } }, 'belongs to a user'],
    [
      "an organisation's",
      { owner: { kind: 'organisation', organisationId: '1' } },
      'belongs to an organisation',
    ],
    ["another team's", { owner: { kind: 'team', teamId: 2 } }, 'belongs to the team 2'],
    [
      'with a preset that only looks like it',
      { presets: [preset('senddata')] },
      'may do more than send data ("senddata")',
    ],
    [
      'with a permission beside the five, however it is called',
      { permissions: ['logs.data-ingress:SendData ', 'x\ny'] },
      'may do more than send data ("logs.data-ingress:SendData ", "x\\ny")',
    ],
  ])('%s', (_what, change, why) => {
    expect(whyNotOurs(key(change), 1)).toBe(why);
    expect(othersAmong([key(change)], 1)).toEqual([{ key: key(change), why }]);
  });
});

describe('what was passed over', () => {
  const told = (keys: readonly Key[], teamId?: number): readonly string[] => {
    const lines: string[] = [];
    tellPassedOver(othersAmong(keys, teamId), 'named "n"', {
      ...silentLog,
      info: (message) => lines.push(`info: ${message}`),
      warning: (message, about) => lines.push(`warning of ${about}: ${message}`),
    });
    return lines;
  };

  test('is one warning for all, with whose each is', () => {
    const user = key({ id: 'id-2', owner: { kind: 'user', userId: '1' } });
    const other = key({ id: 'id-3', owner: { kind: 'team', teamId: 2 } });
    expect(told([key(), user, other], 1)).toEqual([
      expect.stringMatching(
        /^warning of keys left alone: 2 keys named "n" are left alone: id-2 belongs to a user, id-3 belongs to the team 2\. .*`key_id`/u,
      ),
    ]);
  });

  test('is no warning where it is but what `team_id` leaves out, and nothing where there is none', () => {
    const other = key({ id: 'id-3', owner: { kind: 'team', teamId: 2 } });
    expect(told([other], 1)).toEqual([
      expect.stringMatching(/^info: 1 key named "n" is left alone/u),
    ]);
    expect(told([key()], 1)).toEqual([]);
  });
});
