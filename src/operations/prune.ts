import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { NameMatcher } from '../names/matcher.ts';
import { readRetire } from './create-options.ts';
import { readTeamFilter } from './key-selector.ts';
import type { Operation, Ports } from './operation.ts';
import { oursAmong, othersAmong, tellPassedOver } from './ownership.ts';
import { reasons, sortForPrune, type PruneScope, type Undecided } from './prune-candidates.ts';
import { pruned } from './prune-outcome.ts';
import { readPermissions } from './read-permissions.ts';
import { idsOf, retired, retireKeys, type Retirement } from './retire.ts';
import { sweepAbandoned } from './sweep.ts';

/** Retires the keys of what no longer exists on GitHub, and those whose end is past. */
export interface PruneRequest extends PruneScope {
  readonly operation: 'prune';
  /** The only team whose keys count. */
  readonly teamId?: number;
  /** Refuse to retire more than this. */
  readonly most: number;
  readonly dryRun: boolean;
}

/** @param inputs the step's inputs */
export function readPrune(inputs: Inputs): Result<PruneRequest> {
  const template = inputs.nameMatcher();
  const read = all({
    template,
    team: readTeamFilter(inputs),
    retire: readRetire(inputs),
    most: inputs.integer('max_prune', { least: 0, most: 100_000 }),
    dryRun: inputs.boolean('dry_run'),
    token: goesByTimeAlone(template, inputs)
      ? ok(undefined)
      : inputs.required('github_token', 'GitHub has to be asked what still exists'),
  });
  if (!read.ok) return read;
  const { template: matcher, team, retire, most, dryRun } = read.value;
  return ok({ operation: 'prune', template: matcher, ...team, retire, most, dryRun });
}

/** Where the template is wrong, what it was meant to be decides. */
function goesByTimeAlone(template: Result<NameMatcher>, inputs: Inputs): boolean {
  return template.ok
    ? template.value.open === undefined
    : inputs.text('name')?.includes('*') === true;
}

/**
 * Retires the keys of branches, pull requests or environments that no longer exist, and those whose end is
 * past. What it does cannot all be seen beforehand, so it refuses whenever something is not as it should
 * be, and then changes nothing.
 */
export const prune: Operation<PruneRequest> = async (request, ports) => {
  const { keys, clock, log } = ports;
  const { teamId, template } = request;
  // The keys first: a branch that is made after this has no key in the list, and one that is made
  // before GitHub is asked is in its answer.
  const listing = await keys.list();
  const sorted = sortForPrune(listing, request, clock.now());
  const { undecided, due } = sorted;
  const existing = await lookAtGitHub(undecided, request, ports);
  const gone = undecided.filter(({ owner }) => !existing.has(owner));
  const read = await readPermissions([...gone.map(({ key }) => key), ...due], () => true, ports);
  tellPassedOver(othersAmong(read, teamId), `like ${quote(template.text)}`, log);
  const stale = oursAmong(read, teamId);
  // A run that was cut off for a branch that is gone has no later run of that name to tidy up.
  const leftovers = oursAmong(sorted.leftovers, teamId);
  const why = reasons({ gone, due, leftovers }, template);
  const ids = stale.map(({ id }) => id);
  const isTooMany = ids.length + leftovers.length > request.most;
  if (isTooMany && !request.dryRun) throw tooMany(request, stale, leftovers, why);
  const left = request.dryRun
    ? new Set<string>()
    : notRetired(await retireKeys(ids, request.retire, ports));
  const swept = request.dryRun ? leftovers.length : await sweepAbandoned(leftovers, ports);
  const done = stale.filter(({ id }) => !left.has(id));
  return pruned(request, {
    fitting: undecided.length + due.length + sorted.waiting.length,
    compared: undecided.length,
    stale: done,
    why,
    due: done.filter((key) => due.some(({ id }) => id === key.id)).length,
    waiting: waitingAmong(sorted.waiting, undecided, existing),
    left: left.size,
    swept,
    existing: existing.size,
  });
};

/** Where nothing is left to decide, GitHub need not be asked, and cannot give an answer that is too empty. */
async function lookAtGitHub(
  undecided: readonly Undecided[],
  { template }: PruneRequest,
  { github }: Ports,
): Promise<ReadonlySet<string>> {
  return undecided.length === 0 || template.open === undefined
    ? new Set()
    : github.existing(template.open);
}

/** How many keys with an end to come are left alone. */
function waitingAmong(
  waiting: readonly Key[],
  undecided: readonly Undecided[],
  existing: ReadonlySet<string>,
): number {
  return (
    waiting.length + undecided.filter(({ owner, hasEnd }) => hasEnd && existing.has(owner)).length
  );
}

/** Those that were gone already, or of which a warning says that they are still listed. */
function notRetired(retirements: ReadonlyMap<string, Retirement>): ReadonlySet<string> {
  return new Set([...idsOf(retirements, 'gone'), ...idsOf(retirements, 'still_listed')]);
}

function tooMany(
  { most, template, retire }: PruneRequest,
  stale: readonly Key[],
  leftovers: readonly Key[],
  why: ReadonlyMap<string, string>,
): Failure {
  const keys = [...stale, ...leftovers];
  const what = leftovers.length === 0 ? retired(retire) : `${retired(retire)} or deleted`;
  const names = listed(
    keys.map(({ name }) => quote(name)),
    5,
  );
  return new Failure(
    'unsafe',
    `${plural(keys.length, 'key')} like ${quote(template.text)} would be ${what}, and \`max_prune\` allows ${most}: ${names}. Nothing was changed.`,
    {
      hint: `Look at what \`dry_run: true\` says; if all of them are to go, raise \`max_prune\` to ${keys.length} or more.`,
      keyIds: keys.map(({ id }) => id),
      gist: `${plural(keys.length, 'key')} would be ${what}, and \`max_prune\` allows ${most}`,
      keys: keys.map(({ id, name }) => ({ id, name, is: why.get(id) ?? '' })),
    },
  );
}
