import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { findNamed, type NameSelector } from './find.ts';
import { readKeysSelector, type KeysSelector } from './key-selector.ts';
import { forEachKey } from './for-each-key.ts';
import type { KeyFacts, Operation, Ports } from './operation.ts';
import { passedOver, tellPassedOver } from './ownership.ts';
import { listForName } from './read-permissions.ts';
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
 * workflow would go on with a key that does not work. Where an active key bears the name, `activate` has
 * nothing to do: the others were retired.
 */
export const byKey: Operation<ByKeyRequest> = async (request, ports) => {
  const { targets, before, known } = await lookUp(request, ports);
  const fate = (id: string): Promise<Fate> | Fate => {
    if (known !== undefined) return known;
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

const verbs = { delete: 'deleted', activate: 'activated', deactivate: 'deactivated' } as const;

type Before = ReadonlyMap<string, Key>;

/** What became of a key: it was changed, it was so already, or there is none. */
type Fate = 'changed' | 'same' | 'gone';

interface Targets {
  readonly targets: readonly string[];
  /** What is known of them; a key that is missing here may be there all the same. */
  readonly before: Before;
  /** What is known to become of all of them: there is none, or nothing to do. */
  readonly known?: 'gone' | 'same';
}

async function lookUp(request: ByKeyRequest, ports: Ports): Promise<Targets> {
  const { keys } = ports;
  if (request.keys.by === 'name') return lookUpByName(request.operation, request.keys, ports);
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
      return { targets, before: new Map(), known: 'gone' };
    }
  }
  return { targets, before: byId(await keys.list()) };
}

async function lookUpByName(
  operation: ByKeyRequest['operation'],
  selector: NameSelector,
  ports: Ports,
): Promise<Targets> {
  const { name } = selector;
  const { log } = ports;
  const { ours, others } = findNamed(await listForName(name, ports), selector);
  const targetsOf = (some: readonly Key[]): Targets => ({
    targets: some.map(({ id }) => id),
    before: byId(some),
  });
  if (operation !== 'activate') {
    tellPassedOver(others, `named ${quote(name)}`, log);
    return targetsOf(ours);
  }
  if (ours.length === 0) {
    const why = others.length === 0 ? '' : ` ${passedOver(others, 'of that name')}`;
    throw new Failure('not_found', `No key is named ${quote(name)}: nothing to activate.${why}`, {
      hint: 'Names are compared exactly. Use `ensure` to have a key made where there is none.',
    });
  }
  tellPassedOver(others, `named ${quote(name)}`, log);
  const active = ours.filter((key) => key.active);
  if (active.length > 0) return { ...targetsOf(active), known: 'same' };
  if (ours.length > 1) {
    log.warning(
      `All ${ours.length} inactive keys named ${quote(name)} are meant: to activate one of them, give its \`key_id\`.`,
    );
  }
  return targetsOf(ours);
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
