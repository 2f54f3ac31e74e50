import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { named, whyNone } from './find.ts';
import { readKeysSelector, type KeysSelector } from './key-selector.ts';
import { forEachKey } from './for-each-key.ts';
import type { KeyFacts, Operation, Outcome, Ports } from './operation.ts';
import { unlessGone } from './retire.ts';

/** Acts on the keys with these ids, or on every key with exactly this name. */
export interface ByKeyRequest {
  readonly operation: 'delete' | 'activate' | 'deactivate';
  readonly keys: KeysSelector;
  readonly dryRun: boolean;
}

/** Reads the inputs of one of the three. */
export const readDelete = readByKey('delete');
export const readActivate = readByKey('activate');
export const readDeactivate = readByKey('deactivate');

function readByKey<Name extends ByKeyRequest['operation']>(
  operation: Name,
): (inputs: Inputs) => Result<ByKeyRequest & { readonly operation: Name }> {
  return (inputs) =>
    all({
      operation: ok(operation),
      keys: readKeysSelector(operation, inputs),
      dryRun: inputs.boolean('dry_run'),
    });
}

/**
 * Deletes, activates or deactivates the keys that are named by id or by their exact name. For
 * `delete` and `deactivate`, a key that is gone is as good as done. `activate` fails for it: the
 * workflow would go on with a key that does not work.
 */
export const byKey: Operation<ByKeyRequest> = async (request, ports) => {
  // An earlier step found no key.
  if (request.keys.by === 'ids' && request.keys.ids.length === 0) return nothingGiven;
  const { targets, before, isGone } = await lookUp(request, ports);
  const fate = (id: string): Promise<Fate> | Fate => {
    if (isGone) return 'gone';
    return request.dryRun ? predicted(request, before, id) : act(request, before, id, ports);
  };
  const fates = await forEachKey(targets, async (id) => fate(id), {
    clock: ports.clock,
    log: ports.log,
    done: verbs[request.operation],
  });
  const of = (wanted: Fate): readonly string[] =>
    targets.filter((_, index) => fates[index] === wanted);
  const [changed, same, gone] = [of('changed'), of('same'), of('gone')];
  // Who gives an id means a key that is there: a slip of the keyboard must not pass for its end.
  if (gone.length > 0 && request.keys.by === 'ids' && !request.dryRun) {
    ports.log.warning(unknown(gone));
  }
  const keys = targets.map((id, index) =>
    facts(request, before.get(id), { id, fate: fates[index] }),
  );
  const [only] = keys;
  return {
    sentence: sentence(request, { changed, same, gone }),
    ...(keys.length === 1 && only !== undefined ? { key: only } : {}),
    created: false,
    changed: changed.length > 0,
    keyIds: targets,
    shown: keys,
  };
};

const nothingGiven: Outcome = {
  sentence: '`key_id` is an empty list: no key is meant, and there is nothing to do.',
  created: false,
  changed: false,
  keyIds: [],
};

const verbs = { delete: 'deleted', activate: 'activated', deactivate: 'deactivated' } as const;

type Before = ReadonlyMap<string, Key>;

/** What became of a key: it was changed, it was so already, or there is none. */
type Fate = 'changed' | 'same' | 'gone';

interface Targets {
  readonly targets: readonly string[];
  /** What is known of them; a key that is missing here may be there all the same. */
  readonly before: Before;
  /** Whether the service said that there is no such key. */
  readonly isGone?: boolean;
}

async function lookUp(request: ByKeyRequest, { keys, log }: Ports): Promise<Targets> {
  if (request.keys.by === 'name') {
    const listed = await keys.list();
    const found = named(listed, request.keys.name);
    const why = found.length === 0 ? whyNone(listed, request.keys.name) : undefined;
    if (found.length === 0 && request.operation === 'activate') {
      throw new Failure(
        'not_found',
        `No key is named ${quote(request.keys.name)}: nothing to activate.`,
        {
          hint:
            why ??
            'Names are compared exactly. Use `ensure` to have a key made where there is none.',
        },
      );
    }
    // A success all the same: a key that is gone is as good as done.
    if (why !== undefined) {
      log.warning(`No key is named ${quote(request.keys.name)}, so nothing was done. ${why}`);
    }
    return { targets: found.map(({ id }) => id), before: byId(found) };
  }
  const targets = request.keys.ids;
  const [first] = targets;
  // A delete tells by its answer whether there was something to delete; the others do not tell.
  if (request.operation === 'delete' && !request.dryRun) return { targets, before: new Map() };
  if (targets.length === 1 && first !== undefined) {
    try {
      return { targets, before: byId([await keys.get(first)]) };
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.kind !== 'not_found') throw thrown;
      if (request.operation === 'activate') throw thrown;
      return { targets, before: new Map(), isGone: true };
    }
  }
  return { targets, before: byId(await keys.list()) };
}

function byId(keys: readonly Key[]): Before {
  return new Map(keys.map((key) => [key.id, key]));
}

/** Acts on one key. */
async function act(
  request: ByKeyRequest,
  before: Before,
  id: string,
  { keys }: Ports,
): Promise<Fate> {
  if (request.operation === 'delete') {
    return (await keys.delete(id)) !== 'gone' ? 'changed' : 'gone';
  }
  // What was read may be older than the last change, so it decides nothing: the update is sent.
  const active = request.operation === 'activate';
  const update = keys.update(id, { active });
  if (active) await update;
  else if (!(await unlessGone(update))) return 'gone';
  return before.get(id)?.active === active ? 'same' : 'changed';
}

function predicted({ operation }: ByKeyRequest, before: Before, id: string): Fate {
  const key = before.get(id);
  if (key === undefined) return 'gone';
  return operation === 'delete' || key.active !== (operation === 'activate') ? 'changed' : 'same';
}

function facts(
  { operation }: ByKeyRequest,
  key: Key | undefined,
  { id, fate }: { readonly id: string; readonly fate: Fate | undefined },
): KeyFacts {
  const isLeft = operation !== 'delete' && fate !== 'gone';
  return {
    id,
    name: key?.name ?? '',
    ...(isLeft ? { active: operation === 'activate' } : {}),
    ...(key === undefined ? {} : { hashed: key.hashed }),
  };
}

function unknown(ids: readonly string[]): string {
  const what = ids.length === 1 ? 'no key' : 'none of the keys';
  return `The service knows ${what} ${listed(ids, 5)}: deleted already, of another team or region, or made only seconds ago. Nothing was changed there.`;
}

function sentence(
  { operation, keys, dryRun }: ByKeyRequest,
  { changed, same, gone }: Readonly<Record<Fate, readonly string[]>>,
): string {
  const which = keys.by === 'name' ? ` named ${quote(keys.name)}` : '';
  const verb = verbs[operation];
  const rest = [
    ...(same.length > 0 ? [`already ${verb}: ${listed(same, 5)}`] : []),
    ...(gone.length > 0 ? [`not found: ${listed(gone, 5)}`] : []),
  ].join('; ');
  if (changed.length > 0) {
    const others = rest === '' ? '' : ` (${rest})`;
    return `${plural(changed.length, 'key')}${which} ${dryRun ? 'would be ' : ''}${verb}: ${listed(changed, 5)}${others}.`;
  }
  return rest === ''
    ? `No key is${which}: nothing to do.`
    : `Nothing to do for ${plural(same.length + gone.length, 'key')}${which} (${rest}).`;
}
