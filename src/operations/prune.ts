import { Failure } from '../core/failure.ts';
import type { Key, OpenPlaceholder, Retire } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readRetire } from './create-options.ts';
import { readTeamFilter } from './key-selector.ts';
import { oursAmong, othersAmong, tellPassedOver } from './ownership.ts';
import { readPermissions } from './read-permissions.ts';
import type { Operation, Outcome } from './operation.ts';
import type { NameMatcher } from '../names/matcher.ts';
import { looksStamped } from '../names/stamp.ts';
import { idsOf, retired, retireKeys, type Retirement } from './retire.ts';
import { abandonedName } from './classify.ts';
import { sweepAbandoned } from './sweep.ts';

/** Retires the keys of what no longer exists on GitHub. */
export interface PruneRequest {
  readonly operation: 'prune';
  readonly template: NameMatcher;
  /** The only team whose keys count. */
  readonly teamId?: number;
  readonly retire: Retire;
  /** Refuse to retire more than this. */
  readonly most: number;
  readonly dryRun: boolean;
}

/** @param inputs the step's inputs */
export function readPrune(inputs: Inputs): Result<PruneRequest> {
  const read = all({
    template: inputs.nameMatcher(),
    team: readTeamFilter(inputs),
    retire: readRetire(inputs),
    most: inputs.integer('max_prune', { least: 0, most: 100_000 }),
    dryRun: inputs.boolean('dry_run'),
    token: inputs.required('github_token', 'GitHub has to be asked what still exists'),
  });
  if (!read.ok) return read;
  const { template, team, retire, most, dryRun } = read.value;
  return ok({ operation: 'prune', template, ...team, retire, most, dryRun });
}

/**
 * Retires the keys of branches, pull requests or environments that no longer exist. What it does
 * cannot all be seen beforehand, so it refuses whenever something is not as it should be, and then
 * changes nothing.
 */
export const prune: Operation<PruneRequest> = async (request, ports) => {
  const { keys, github, clock, log } = ports;
  const { teamId } = request;
  // The keys first: a branch that is made after this has no key in the list, and one that is made
  // before GitHub is asked is in its answer.
  const all = await keys.list();
  const candidates = all.filter((key) => isCandidate(key, request));
  // Where no key fits, GitHub need not be asked, and cannot give an answer that is too empty.
  const existing =
    candidates.length === 0 ? new Set<string>() : await github.existing(request.template.open);
  const gone = candidates.filter(({ name }) => isStale(name, existing, request));
  const read = await readPermissions(gone, () => true, ports);
  tellPassedOver(othersAmong(read, teamId), `like ${quote(request.template.text)}`, log);
  const stale = oursAmong(read, teamId);
  // A run that was cut off for a branch that is gone has no later run of that name to tidy up.
  const leftovers = oursAmong(all, teamId).filter((key) => isLeftover(key, request, clock.now()));
  const ids = stale.map(({ id }) => id);
  const isTooMany = ids.length + leftovers.length > request.most;
  if (isTooMany && !request.dryRun) throw tooMany(request, stale, leftovers);
  const left = request.dryRun
    ? new Set<string>()
    : notRetired(await retireKeys(ids, request.retire, ports));
  const swept = request.dryRun ? leftovers.length : await sweepAbandoned(leftovers, ports);
  const done = stale.filter(({ id }) => !left.has(id));
  const found = { candidates: candidates.length, stale: done, left: left.size, swept };
  return outcome(request, { ...found, existing: existing.size });
};

/** Those that were gone already, or of which a warning says that they are still listed. */
function notRetired(retirements: ReadonlyMap<string, Retirement>): ReadonlySet<string> {
  return new Set([...idsOf(retirements, 'gone'), ...idsOf(retirements, 'still_listed')]);
}

function isCandidate({ name, active }: Key, { retire, template }: PruneRequest): boolean {
  if (looksStamped(name)) return false;
  // One that is inactive already is left alone, unless it shall go for good.
  if (!active && retire === 'deactivate') return false;
  return template.capture(name) !== undefined;
}

/** Made under a provisional name for something that fits the template, and nobody works on it. */
function isLeftover(key: Key, { template }: PruneRequest, now: number): boolean {
  const name = abandonedName(key, now);
  return name !== undefined && template.capture(name) !== undefined;
}

function isStale(name: string, existing: ReadonlySet<string>, { template }: PruneRequest): boolean {
  const owner = template.capture(name);
  return owner !== undefined && !existing.has(owner);
}

function tooMany(
  { most, template, retire }: PruneRequest,
  stale: readonly Key[],
  leftovers: readonly Key[],
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
    },
  );
}

/** What a dry run says where the run itself would not get that far. */
function wouldRefuse({ most }: PruneRequest, count: number): string {
  return count > most
    ? ` Without \`dry_run\` it would refuse, as \`max_prune\` allows ${most}: if all of them are to go, raise it to ${count} or more.`
    : '';
}

const things: Readonly<Record<OpenPlaceholder, readonly [one: string, many: string]>> = {
  branch: ['branch', 'branches'],
  pull_request: ['open pull request', 'open pull requests'],
  environment: ['environment', 'environments'],
};

interface Found {
  /** How many keys fit the template, stale or not. */
  readonly candidates: number;
  /** Those that were, or would be, retired. */
  readonly stale: readonly Key[];
  /** How many more were stale, and gone already, or could not be retired. */
  readonly left: number;
  /** How many provisional keys of crashed runs were, or would be, deleted. */
  readonly swept: number;
  /** How much exists on GitHub. */
  readonly existing: number;
}

function outcome(
  request: PruneRequest,
  { candidates, stale, left, swept, existing }: Found,
): Outcome {
  const { retire, template, dryRun } = request;
  const ids = stale.map(({ id }) => id);
  const [one, many] = things[template.open];
  const compared =
    candidates === 0 ? '' : ` GitHub has ${existing} ${existing === 1 ? one : many}.`;
  const names = listed(
    stale.map(({ name }) => quote(name)),
    5,
  );
  const sentence =
    candidates === 0
      ? `No key has a name like ${quote(template.text)}, so there was nothing to compare with GitHub.`
      : ids.length === 0 && left > 0
        ? `No key like ${quote(template.text)} was ${retired(retire)}; ${plural(left, 'stale key')} ${left === 1 ? 'was' : 'were'} gone already, or ${left === 1 ? 'is' : 'are'} named in a warning.${compared}`
        : ids.length === 0
          ? `No key like ${quote(template.text)} is left over.${compared}`
          : `${plural(ids.length, 'key')} like ${quote(template.text)} ${dryRun ? 'would be ' : ''}${retired(retire)}: ${names}.${compared}`;
  const sweeping =
    swept === 0
      ? ''
      : ` ${plural(swept, 'provisional key')} that earlier runs left behind ${dryRun ? 'would be deleted' : swept === 1 ? 'was deleted' : 'were deleted'}.`;
  return {
    sentence: `${sentence}${sweeping}${dryRun ? wouldRefuse(request, ids.length + swept) : ''}`,
    created: false,
    changed: ids.length + swept > 0,
    keyIds: ids,
    shown: stale.map((key) => ({
      ...key,
      active: retire === 'deactivate' && !dryRun ? false : key.active,
    })),
  };
}
