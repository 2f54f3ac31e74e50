import type { Key, KeyPermissions, Log } from '../core/ports.ts';
import { sendDataPreset } from '../core/send-data.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { CreateOptions } from './create-options.ts';

/** What a key is to be like that replaces others: what is undefined is as it was before. */
export type ReplaceOptions = Omit<CreateOptions, 'hashed' | 'keyPermissions'> & {
  readonly hashed: boolean | undefined;
};

/** What becomes of {@link ReplaceOptions} once it is known what is replaced. */
export interface Inherited {
  readonly hashed: boolean;
  readonly accessPolicy: string | undefined;
  readonly keyPermissions?: KeyPermissions;
  /** What was carried over, with a blank before it; empty when it is nothing out of the ordinary. */
  readonly sentence: string;
}

/**
 * What a new key has of the one that it replaces. Where several are replaced and differ, it is that of
 * the first, which `ensure` would use, and a warning says so.
 *
 * @param asked    what was given explicitly counts
 * @param previous what is replaced, in the order in which every run sees it
 * @param log      where it is said that they differ
 */
export function inherit(asked: ReplaceOptions, previous: readonly Key[], log: Log): Inherited {
  const [model] = previous;
  if (model === undefined) {
    return { hashed: asked.hashed ?? false, accessPolicy: asked.accessPolicy, sentence: '' };
  }
  const taken = traits.filter(({ isAsked }) => !isAsked(asked));
  const differing = taken.filter(({ of }) => new Set(previous.map(of)).size > 1);
  if (differing.length > 0) {
    const what = differing.map(({ name }) => name).join(', ');
    log.warning(
      `The ${plural(previous.length, 'previous key')} named ${quote(asked.name)} differ in what the new one takes over (${what}): it is like ${model.id}, ${model.active ? 'which `ensure` would use' : 'the first of them'}.`,
      'previous keys differ',
    );
  }
  const carried = taken.flatMap(({ say }) => say(model));
  const keyPermissions = permissionsOf(model);
  return {
    hashed: asked.hashed ?? model.hashed,
    accessPolicy:
      asked.accessPolicy ?? (model.accessPolicy === '' ? undefined : model.accessPolicy),
    ...(keyPermissions === undefined ? {} : { keyPermissions }),
    sentence: carried.length === 0 ? '' : ` Carried over from ${model.id}: ${carried.join(', ')}.`,
  };
}

/** One thing that a key has, and that its successor gets. */
interface Trait {
  readonly name: string;
  /** Whether the workflow says how it is to be. */
  readonly isAsked: (asked: ReplaceOptions) => boolean;
  /** The same text for keys that have the same. */
  readonly of: (key: Key) => string;
  /** How it is told; nothing where it is as that of any new key. */
  readonly say: (key: Key) => readonly string[];
}

const traits: readonly Trait[] = [
  {
    name: 'hashed',
    isAsked: ({ hashed }) => hashed !== undefined,
    of: ({ hashed }) => String(hashed),
    say: ({ hashed }) => (hashed ? ['stored hashed'] : []),
  },
  {
    name: 'access policy',
    isAsked: ({ accessPolicy }) => accessPolicy !== undefined,
    of: ({ accessPolicy }) => accessPolicy ?? '',
    say: ({ accessPolicy = '' }) => (accessPolicy === '' ? [] : ['its access policy']),
  },
  {
    name: 'permissions',
    isAsked: () => false,
    of: (key) => {
      const permissions = permissionsOf(key);
      return permissions === undefined ? '' : JSON.stringify(permissions);
    },
    say: (key) => {
      const { presets = [], permissions = [] } = permissionsOf(key) ?? {};
      const all = [...presets.map((name) => `the preset ${name}`), ...permissions];
      return all.length === 0 ? [] : [`its permissions (${listed(all)})`];
    },
  },
];

/** What a key may do, in one order for all; undefined where it is as any new key may. */
function permissionsOf(key: Key): KeyPermissions | undefined {
  const presets = [...new Set(key.presets.map(({ name }) => name))].sort();
  const permissions = [...new Set(key.permissions)].sort();
  const isPlain = permissions.length === 0 && presets.every((name) => name === sendDataPreset);
  return isPlain ? undefined : { presets, permissions };
}
