import { listed } from '../core/text.ts';
import { facts, gist, sentence, verbs, type Fate } from './by-key-outcome.ts';
import type { ByKeyRequest } from './by-key-request.ts';
import { lookUp, type Before } from './by-key-targets.ts';
import { changeKeys } from './consistency.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { retireKeys } from './retire.ts';

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

function unknown(ids: readonly string[]): string {
  const what = ids.length === 1 ? 'no key' : 'none of the keys';
  return `The service knows ${what} ${listed(ids, 5)}: deleted already, of another team or region, or made only seconds ago. Nothing was changed there.`;
}
