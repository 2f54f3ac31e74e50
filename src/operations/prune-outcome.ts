import type { Key, OpenPlaceholder } from '../core/ports.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Outcome } from './operation.ts';
import type { PruneScope } from './prune-candidates.ts';
import { retired } from './retire.ts';

/** What decides about what is said. */
interface Asked extends PruneScope {
  readonly most: number;
  readonly dryRun: boolean;
}

/** What a `prune` has found, and done. */
export interface PruneFound {
  /** How many keys fit the template, stale or not. */
  readonly fitting: number;
  /** How many of them were compared with GitHub. */
  readonly compared: number;
  /** Those that were, or would be, retired. */
  readonly stale: readonly Key[];
  /** Why each goes, by its id. */
  readonly why: ReadonlyMap<string, string>;
  /** How many of those went because their end is past. */
  readonly due: number;
  /** How many keys with an end to come are left alone. */
  readonly waiting: number;
  /** How many more were stale, and gone already, or could not be retired. */
  readonly left: number;
  /** How many provisional keys of crashed runs were, or would be, deleted. */
  readonly swept: number;
  /** How much exists on GitHub. */
  readonly existing: number;
}

const things: Readonly<Record<OpenPlaceholder, readonly [one: string, many: string]>> = {
  branch: ['branch', 'branches'],
  pull_request: ['open pull request', 'open pull requests'],
  environment: ['environment', 'environments'],
};

/**
 * What is said of a `prune`.
 *
 * @param request what was asked
 * @param found   what was found and done
 */
export function pruned(request: Asked, found: PruneFound): Outcome {
  const { retire, dryRun } = request;
  const { stale, swept, why } = found;
  const sentences = [
    ofRetired(request, found),
    ofGitHub(request, found),
    ofWaiting(found),
    ofSwept(request, found),
    dryRun ? wouldRefuse(request, stale.length + swept) : '',
  ];
  return {
    sentence: sentences.filter((each) => each !== '').join(' '),
    gist: gist(request, found),
    needsLook: found.left > 0 || (dryRun && stale.length + swept > request.most),
    created: false,
    changed: stale.length + swept > 0,
    keyIds: stale.map(({ id }) => id),
    shown: stale.map((key) => ({
      ...key,
      is: why.get(key.id) ?? '',
      active: retire === 'deactivate' && !dryRun ? false : key.active,
    })),
  };
}

/** The same for a headline. */
function gist({ retire, dryRun, most }: Asked, { stale, left, swept }: PruneFound): string {
  const would = dryRun ? 'would be ' : '';
  const parts = [
    ...(stale.length > 0 ? [`${plural(stale.length, 'key')} ${would}${retired(retire)}`] : []),
    ...(left > 0 ? [`${plural(left, 'stale key')} gone already or to look at`] : []),
    ...(swept > 0 ? [`${plural(swept, 'key')} of runs that were cut off ${would}deleted`] : []),
  ];
  if (parts.length === 0) return 'nothing is left over';
  const refused = dryRun && stale.length + swept > most;
  return `${parts.join(', ')}${refused ? `, which \`max_prune: ${most}\` refuses` : ''}`;
}

function ofRetired({ template, retire, dryRun }: Asked, found: PruneFound): string {
  const { stale, due, left } = found;
  const like = `like ${quote(template.text)}`;
  if (stale.length > 0) {
    const names = listed(
      stale.map(({ name }) => quote(name)),
      5,
    );
    return `${plural(stale.length, 'key')} ${like} ${dryRun ? 'would be ' : ''}${retired(retire)}: ${names}.${ofDue(due, stale.length)}`;
  }
  if (left > 0) {
    return `No key ${like} was ${retired(retire)}; ${plural(left, 'stale key')} ${left === 1 ? 'was' : 'were'} gone already, or ${left === 1 ? 'is' : 'are'} named in a warning.`;
  }
  if (template.open === undefined) return `No key ${like} is past its end.`;
  return found.fitting === 0
    ? `No key has a name ${like}, so there was nothing to compare with GitHub.`
    : `No key ${like} is left over.`;
}

function ofDue(due: number, all: number): string {
  if (due === 0) return '';
  if (due < all) return ` The end of ${due} of them is past.`;
  return all === 1 ? ' Its end is past.' : ' The end of each is past.';
}

function ofGitHub({ template }: Asked, { compared, existing }: PruneFound): string {
  if (template.open === undefined || compared === 0) return '';
  const [one, many] = things[template.open];
  return `GitHub has ${existing} ${existing === 1 ? one : many}.`;
}

function ofWaiting({ waiting }: PruneFound): string {
  return waiting === 0
    ? ''
    : `${plural(waiting, 'key')} with an end to come ${waiting === 1 ? 'stays' : 'stay'} until then.`;
}

function ofSwept({ dryRun }: Asked, { swept }: PruneFound): string {
  if (swept === 0) return '';
  const verb = dryRun ? 'would be deleted' : swept === 1 ? 'was deleted' : 'were deleted';
  return `${plural(swept, 'provisional key')} that earlier runs left behind ${verb}.`;
}

/** What a dry run says where the run itself would not get that far. */
function wouldRefuse({ most }: Asked, count: number): string {
  return count > most
    ? `Without \`dry_run\` it would refuse, as \`max_prune\` allows ${most}: if all of them are to go, raise it to ${count} or more.`
    : '';
}
