import type { Key } from '../../src/core/ports.ts';

/**
 * A key of which the service tells as little as it may: no owner, no permissions.
 *
 * @param some what is said of it
 */
export function bareKey(some: Partial<Key> = {}): Key {
  return {
    id: 'id-1',
    name: 'n',
    active: true,
    hashed: false,
    owner: undefined,
    presets: [],
    permissions: [],
    accessPolicy: undefined,
    value: undefined,
    ...some,
  };
}
