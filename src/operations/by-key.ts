import { Failure } from '../failure.ts';
import type { Key } from '../ports.ts';
import type { ByKeyRequest } from '../request.ts';
import { listed, plural, quote } from '../text.ts';
import { named } from './find.ts';
import { inParallel } from './in-parallel.ts';
import type { KeyFacts, Operation, Ports } from './operation.ts';
import { unlessGone } from './retire.ts';

/**
 * Deletes, activates or deactivates the keys that are named by id or by their exact name. For
 * `delete` and `deactivate`, a key that is gone is as good as done. `activate` fails for it: the
 * workflow would go on with a key that does not work.
 */
export const byKey: Operation<ByKeyRequest> = async (request, ports) => {
  const { targets, before } = await lookUp(request, ports);
  const verb = verbs[request.operation];
  const results = request.dryRun
    ? targets.map((id) => wouldChange(request, before, id))
    : await inParallel(targets, (id) => act(request, before, id, ports), {
        clock: ports.clock,
        log: ports.log,
        done: verb,
      });
  const changed = targets.filter((_, index) => results[index] === true);
  const keys = targets.map((id) => facts(request, before, id));
  const [only] = keys;
  return {
    sentence: sentence(request, targets, changed),
    ...(keys.length === 1 && only !== undefined ? { key: only } : {}),
    created: false,
    changed: changed.length > 0,
    keyIds: targets,
    shown: keys,
  };
};

const verbs = { delete: 'deleted', activate: 'activated', deactivate: 'deactivated' } as const;

type Before = ReadonlyMap<string, Key>;

interface Targets {
  readonly targets: readonly string[];
  /** What is known of them; a key that is missing here may be there all the same. */
  readonly before: Before;
}

async function lookUp(request: ByKeyRequest, { keys }: Ports): Promise<Targets> {
  if (request.keys.by === 'name') {
    const found = named(await keys.list(), request.keys.name);
    if (found.length === 0 && request.operation === 'activate') {
      throw new Failure(
        'not_found',
        `No key is named ${quote(request.keys.name)}: nothing to activate.`,
        {
          hint: 'Names are compared exactly. Use `ensure` to have a key made where there is none.',
        },
      );
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
      return { targets: [], before: new Map() };
    }
  }
  return { targets, before: byId(await keys.list()) };
}

function byId(keys: readonly Key[]): Before {
  return new Map(keys.map((key) => [key.id, key]));
}

/** Acts on one key, and tells whether that changed anything. */
async function act(
  request: ByKeyRequest,
  before: Before,
  id: string,
  { keys }: Ports,
): Promise<boolean> {
  if (request.operation === 'delete') return (await keys.delete(id)) === 'deleted';
  // What was read may be older than the last change, so it decides nothing: the update is sent.
  const active = request.operation === 'activate';
  const update = keys.update(id, { active });
  if (active) await update;
  else if (!(await unlessGone(update))) return false;
  return before.get(id)?.active !== active;
}

function wouldChange({ operation }: ByKeyRequest, before: Before, id: string): boolean {
  const key = before.get(id);
  if (key === undefined) return false;
  return operation === 'delete' || key.active !== (operation === 'activate');
}

function facts({ operation }: ByKeyRequest, before: Before, id: string): KeyFacts {
  const key = before.get(id);
  return {
    id,
    name: key?.name ?? '',
    ...(operation === 'delete' ? {} : { active: operation === 'activate' }),
    ...(key === undefined ? {} : { hashed: key.hashed }),
  };
}

function sentence(
  { operation, keys, dryRun }: ByKeyRequest,
  targets: readonly string[],
  changed: readonly string[],
): string {
  const which = keys.by === 'name' ? ` named ${quote(keys.name)}` : '';
  const verb = `${dryRun ? 'would be ' : ''}${verbs[operation]}`;
  if (keys.by === 'name' && targets.length === 0) {
    return `No key is${which}: nothing to do.`;
  }
  if (changed.length === 0) {
    const all = keys.by === 'ids' ? listed(keys.ids, 3) : plural(targets.length, 'key');
    return `Nothing to do for ${all}${which}: already ${verbs[operation]}${operation === 'activate' ? '' : ' or gone'}.`;
  }
  const rest = Math.max(targets.length, keys.by === 'ids' ? keys.ids.length : 0) - changed.length;
  const others = rest > 0 ? ` (${rest} already so)` : '';
  return `${plural(changed.length, 'key')}${which} ${verb}: ${listed(changed, 5)}${others}.`;
}
