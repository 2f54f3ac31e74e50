import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { endOf, goesBy } from '../names/stamp.ts';
import { findNamed } from './find.ts';
import { readKeysSelector, type KeysSelector, type NameSelector } from './key-selector.ts';
import { forEachKey } from './for-each-key.ts';
import { changeKeys, emptyWaits, waitUntilVisible } from './consistency.ts';
import type { KeyFacts, Operation, Outcome, Ports } from './operation.ts';
import { nearMiss, whyNone } from './near-miss.ts';
import { passedOver, tellPassedOver } from './ownership.ts';
import { isNamed, listForName } from './read-permissions.ts';
import { retireKeys, type Retirement } from './retire.ts';

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
 * `delete` and `deactivate`, a key that is gone is as good as done, and the keys that go by the name until
 * their end are meant, too: what they were for is over. `activate` fails for a key that is gone: the
 * workflow would go on with a key that does not work. Where an active key bears the name, `activate` has
 * nothing to do: the others were retired.
 */
export const byKey: Operation<ByKeyRequest> = async (request, ports) => {
  // An earlier step found no key.
  if (request.keys.by === 'ids' && request.keys.ids.length === 0) return nothingGiven;
  const { targets, before, isDone } = await lookUp(request, ports);
  const fates =
    isDone === true
      ? targets.map((): Fate => 'same')
      : request.dryRun
        ? targets.map((id) => predicted(request, before, id))
        : await act(request, before, targets, ports);
  const of = (wanted: Fate): readonly string[] =>
    targets.filter((_, index) => fates[index] === wanted);
  const [changed, same, gone] = [of('changed'), of('same'), of('gone')];
  const stillListed = of('still_listed');
  // Who gives an id means a key that is there: a slip of the keyboard must not pass for its end.
  if (gone.length > 0 && request.keys.by === 'ids' && !request.dryRun) {
    ports.log.warning(unknown(gone), 'no such key');
  }
  const keys = targets.map((id, index) =>
    facts(request, before.get(id), { id, fate: fates[index] }),
  );
  const [only] = keys;
  const became = { changed, same, gone, still_listed: stillListed };
  return {
    sentence: sentence(request, keys, became),
    gist: gist(request, became),
    // By its name, a key that is gone is as good as done.
    needsLook: stillListed.length > 0 || (gone.length > 0 && request.keys.by === 'ids'),
    ...(keys.length === 1 && only !== undefined ? { key: only } : {}),
    created: false,
    changed: changed.length > 0,
    keyIds: targets,
    shown: keys,
  };
};

const nothingGiven: Outcome = {
  sentence: '`key_id` is an empty list: no key is meant, and there is nothing to do.',
  gist: 'no key is meant, and there is nothing to do',
  created: false,
  changed: false,
  keyIds: [],
};

const verbs = { delete: 'deleted', activate: 'activated', deactivate: 'deactivated' } as const;

type Before = ReadonlyMap<string, Key>;

/** What became of a key: it was changed, it was so already, there is none, or the service contradicts itself. */
type Fate = 'changed' | 'same' | Exclude<Retirement, 'retired'>;

interface Targets {
  readonly targets: readonly string[];
  /** What is known of them; a key that is missing here may be there all the same. */
  readonly before: Before;
  /** Whether all of them are as they should be, so that nothing is sent. */
  readonly isDone?: boolean;
}

async function lookUp(request: ByKeyRequest, ports: Ports): Promise<Targets> {
  const { keys } = ports;
  if (request.keys.by === 'name') return lookUpByName(request.operation, request.keys, ports);
  const targets = request.keys.ids;
  const [first] = targets;
  // A delete tells by its answer whether there was something to delete; the others do not tell.
  if (request.operation === 'delete' && !request.dryRun) return { targets, before: new Map() };
  if (targets.length === 1 && first !== undefined) {
    // It may have been made a moment ago: whether it is there shows when it is to be changed.
    const key = await getIfThere(first, ports);
    return { targets, before: byId(key === undefined ? [] : [key]) };
  }
  const listed = byId(await keys.list());
  if (!request.dryRun) return { targets, before: listed };
  // The list holds Send-Your-Data keys only, and by its id any key is meant.
  const others = targets.filter((id) => !listed.has(id));
  const read = await forEachKey(others, (id) => getIfThere(id, ports), { ...ports, done: 'read' });
  const found = read.filter((key) => key !== undefined);
  return { targets, before: byId([...listed.values(), ...found]) };
}

async function getIfThere(id: string, { keys }: Ports): Promise<Key | undefined> {
  try {
    return await keys.get(id);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.kind === 'not_found') return undefined;
    throw thrown;
  }
}

async function lookUpByName(
  operation: ByKeyRequest['operation'],
  selector: NameSelector,
  ports: Ports,
): Promise<Targets> {
  const { name } = selector;
  const { log } = ports;
  const isMeant = operation === 'activate' ? isNamed : goesBy;
  // One that was just made may not be listed yet, so that none is looked for again.
  let all: readonly Key[] = [];
  const look = async (): Promise<ReturnType<typeof findNamed> | undefined> => {
    all = await listForName(name, ports, isMeant);
    const found = findNamed(all, selector, isMeant);
    return found.ours.length + found.others.length > 0 ? found : undefined;
  };
  const found = await waitUntilVisible(look, `a key is named ${quote(name)}`, ports, emptyWaits);
  const { ours, others } = found ?? { ours: [], others: [] };
  const whyNot = found === undefined ? whyNone(all, selector) : undefined;
  const meant = found === undefined ? nearMiss(all, selector) : undefined;
  const targetsOf = (some: readonly Key[]): Targets => ({
    targets: some.map(({ id }) => id),
    before: byId(some),
  });
  if (operation !== 'activate') {
    tellPassedOver(others, `named ${quote(name)}`, log);
    // A success all the same: a key that is gone is as good as done.
    if (whyNot !== undefined) {
      log.warning(`No key is named ${quote(name)}, so nothing was done. ${whyNot}`, 'no such name');
    } else if (meant !== undefined) {
      log.notice(`No key is named ${quote(name)}, so nothing was done. ${meant}`, 'no such name');
    }
    return targetsOf(ours);
  }
  if (ours.length === 0) {
    const why = others.length === 0 ? '' : ` ${passedOver(others, 'of that name')}`;
    throw new Failure('not_found', `No key is named ${quote(name)}: nothing to activate.${why}`, {
      hint:
        whyNot ??
        meant ??
        'Names are compared exactly. Use `ensure` to have a key made where there is none.',
    });
  }
  tellPassedOver(others, `named ${quote(name)}`, log);
  const active = ours.filter((key) => key.active);
  if (active.length > 0) return { ...targetsOf(active), isDone: true };
  if (ours.length > 1) {
    log.warning(
      `All ${ours.length} inactive keys named ${quote(name)} are meant: to activate one of them, give its \`key_id\`.`,
      'several keys activated',
    );
  }
  return targetsOf(ours);
}

function byId(keys: readonly Key[]): Before {
  return new Map(keys.map((key) => [key.id, key]));
}

/** Acts on the keys. What was read may be older than the last change, so it decides nothing: all is sent. */
async function act(
  { operation }: ByKeyRequest,
  before: Before,
  targets: readonly string[],
  ports: Ports,
): Promise<readonly Fate[]> {
  if (operation === 'activate') {
    await activateAll(targets, ports);
    return targets.map((id) => (before.get(id)?.active === true ? 'same' : 'changed'));
  }
  const retire = operation === 'delete' ? 'delete' : 'deactivate';
  const retirements = await retireKeys(targets, retire, ports);
  return targets.map((id) => {
    const retirement = retirements.get(id) ?? 'gone';
    if (retirement !== 'retired') return retirement;
    return retire === 'deactivate' && before.get(id)?.active === false ? 'same' : 'changed';
  });
}

async function activateAll(targets: readonly string[], ports: Ports): Promise<void> {
  const { keys } = ports;
  const change = (id: string): Promise<void> => keys.update(id, { active: true });
  const results = await changeKeys(targets, change, verbs.activate, ports);
  const missing = targets.filter((id) => results.get(id)?.kind !== 'done');
  for (const result of results.values()) {
    if (result.kind !== 'done') throw result.failure.with({ keyIds: missing });
  }
}

function predicted({ operation }: ByKeyRequest, before: Before, id: string): Fate {
  const key = before.get(id);
  if (key === undefined) return 'gone';
  return operation === 'delete' || key.active !== (operation === 'activate') ? 'changed' : 'same';
}

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
function gist(request: ByKeyRequest, became: Readonly<Record<Fate, readonly string[]>>): string {
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

function facts(
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

function unknown(ids: readonly string[]): string {
  const what = ids.length === 1 ? 'no key' : 'none of the keys';
  return `The service knows ${what} ${listed(ids, 5)}: deleted already, of another team or region, or made only seconds ago. Nothing was changed there.`;
}

function sentence(
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
