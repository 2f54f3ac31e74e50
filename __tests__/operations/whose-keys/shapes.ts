import { sendDataPermissions } from '../../../src/core/send-data.ts';
import type { SeededKey } from '../../../tools/emulator/key.ts';
import { name } from '../simulation/requests.ts';
import { teamId } from '../simulation/service.ts';

/** The team that owns no key of ours, in the same account. */
export const otherTeamId = teamId + 1;

/** A key that bears the name, and whose it is. */
export interface Shape {
  /** As the table has it. */
  readonly what: string;
  readonly isOurs: boolean;
  /** What the step says of one that is not ours. */
  readonly why?: RegExp;
  readonly key: Omit<SeededKey, 'teamId' | 'name'>;
}

/** The kinds of keys that can bear a name, all of them in the account that the caller sees. */
export const shapes: readonly Shape[] = [
  { what: "the team's, with `SendData`", isOurs: true, key: {} },
  {
    what: "a user's",
    isOurs: false,
    why: /belongs to a user/u,
    key: { owner: { kind: 'user', userId: 'user-1' } },
  },
  {
    what: "an organisation's",
    isOurs: false,
    why: /belongs to an organisation/u,
    key: { owner: { kind: 'organisation', organisationId: 'organisation-1' } },
  },
  {
    what: "another team's, where `team_id` is given",
    isOurs: false,
    why: new RegExp(`belongs to the team ${otherTeamId}`, 'u'),
    key: { owner: { kind: 'team', teamId: otherTeamId } },
  },
  {
    what: 'with another preset beside `SendData`',
    isOurs: false,
    why: /may do more than send data \("APM"\)/u,
    key: { presets: ['SendData', 'APM'] },
  },
  {
    what: 'for management',
    isOurs: false,
    why: /may do more than send data \("APIKeys"\)/u,
    key: { presets: ['APIKeys'] },
  },
  {
    what: 'for RUM',
    isOurs: false,
    why: /may do more than send data \("rum-ingress:SendData"\)/u,
    key: { permissions: ['rum-ingress:SendData'] },
  },
  {
    what: 'with permissions alone, the five of `SendData`',
    isOurs: true,
    key: { permissions: sendDataPermissions },
  },
  { what: 'whose owner is not told', isOurs: true, key: { untold: ['owner'] } },
  { what: 'whose permissions are not told', isOurs: true, key: { untold: ['key_permissions'] } },
  { what: "the team's, inactive", isOurs: true, key: { active: false } },
];

/** Puts a key of that shape into the account, under the name that all is about. */
export function keyOfShape({ key }: Shape, isActive: boolean): SeededKey {
  return { active: isActive, ...key, teamId, name };
}
