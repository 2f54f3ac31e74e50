import type { Key } from '../core/ports.ts';
import { listed, plural, quote } from '../core/text.ts';
import { endOf } from '../names/stamp.ts';
import type { ByKeyRequest } from './by-key-request.ts';
import type { NameSelector } from './key-selector.ts';
import type { KeyFacts } from './operation.ts';
import type { Retirement } from './retire.ts';

/** What is said of the keys that were to be deleted, activated or deactivated. */

export const verbs = {
  delete: 'deleted',
  activate: 'activated',
  deactivate: 'deactivated',
} as const;

/** What became of a key: it was changed, it was so already, there is none, or the service contradicts itself. */
export type Fate = 'changed' | 'same' | Exclude<Retirement, 'retired'>;

/** What became of a key, to follow it. */
function words({ operation, dryRun }: ByKeyRequest, fate: Fate): string {
  switch (fate) {
    case 'changed':
      return `${dryRun ? 'would be ' : ''}${verbs[operation]}`;
    case 'same':
      return `already ${verbs[operation]}`;
    case 'gone':
      return 'not found';
    case 'still_listed':
      return `not ${verbs[operation]}, and still listed`;
  }
}

/** {@link sentence} for a headline. */
export function gist(
  request: ByKeyRequest,
  became: Readonly<Record<Fate, readonly string[]>>,
): string {
  const fates = (['changed', 'same', 'gone', 'still_listed'] as const).filter(
    (fate) => became[fate].length > 0,
  );
  const count = fates.reduce((sum, fate) => sum + became[fate].length, 0);
  if (count === 0) return 'no such key, and nothing to do';
  if (count === 1) return fates.map((fate) => words(request, fate)).join('');
  return fates
    .map((fate, index) => {
      const some = became[fate].length;
      return `${index === 0 ? plural(some, 'key') : String(some)} ${words(request, fate)}`;
    })
    .join(', ');
}

/** What the outputs and the summary tell of one of them. */
export function facts(
  request: ByKeyRequest,
  key: Key | undefined,
  { id, fate }: { readonly id: string; readonly fate: Fate | undefined },
): KeyFacts {
  const { operation } = request;
  const isDone = operation !== 'delete' && (fate === 'changed' || fate === 'same');
  const active = isDone
    ? operation === 'activate'
    : fate === 'still_listed'
      ? key?.active
      : undefined;
  return {
    id,
    name: key?.name ?? '',
    ...(active === undefined ? {} : { active }),
    ...(key === undefined ? {} : { hashed: key.hashed }),
    ...(fate === undefined ? {} : { is: words(request, fate) }),
  };
}

/** What was done, or would be. */
export function sentence(
  { operation, keys, dryRun }: ByKeyRequest,
  targets: readonly KeyFacts[],
  { changed, same, gone, still_listed: left }: Readonly<Record<Fate, readonly string[]>>,
): string {
  const which = keys.by === 'name' ? ` named ${quote(keys.name)}${ending(keys, targets)}` : '';
  const verb = verbs[operation];
  const rest = [
    ...(same.length > 0 ? [`already ${verb}: ${listed(same, 5)}`] : []),
    ...(gone.length > 0 ? [`not found: ${listed(gone, 5)}`] : []),
    ...(left.length > 0 ? [`not ${verb}, and still listed: ${listed(left, 5)}`] : []),
  ].join('; ');
  if (changed.length > 0) {
    const others = rest === '' ? '' : ` (${rest})`;
    return `${plural(changed.length, 'key')}${which} ${dryRun ? 'would be ' : ''}${verb}: ${listed(changed, 5)}${others}.`;
  }
  if (left.length > 0) return `No key${which} was ${verb} (${rest}).`;
  return rest === ''
    ? `No key is${which}: nothing to do.`
    : `Nothing to do for ${plural(same.length + gone.length, 'key')}${which} (${rest}).`;
}

/** How many of the keys that are meant by a name go by it until their end only. */
function ending({ name }: NameSelector, targets: readonly KeyFacts[]): string {
  const count = targets.filter((key) => key.name !== name && endOf(key.name) !== undefined).length;
  return count === 0 ? '' : ` (${count} with an end)`;
}
