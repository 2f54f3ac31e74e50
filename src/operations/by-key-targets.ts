import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { quote } from '../core/text.ts';
import { goesBy } from '../names/stamp.ts';
import type { ByKeyRequest } from './by-key-request.ts';
import { emptyWaits, waitUntilVisible } from './consistency.ts';
import { findNamed } from './find.ts';
import { forEachKey } from './for-each-key.ts';
import type { NameSelector } from './key-selector.ts';
import { nearMiss, whyNone } from './near-miss.ts';
import type { Ports } from './operation.ts';
import { passedOver, tellPassedOver } from './ownership.ts';
import { isNamed, listForName } from './read-permissions.ts';

/** Keys as they were read, by their ids. */
export type Before = ReadonlyMap<string, Key>;

/** Which keys are meant. */
interface Targets {
  readonly targets: readonly string[];
  /** What is known of them; a key that is missing here may be there all the same. */
  readonly before: Before;
  /** Whether all of them are as they should be, so that nothing is sent. */
  readonly isDone?: boolean;
}

/** Finds the keys that are meant: those with the ids, or all that go by the name. */
export async function lookUp(request: ByKeyRequest, ports: Ports): Promise<Targets> {
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
