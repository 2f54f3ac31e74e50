import { toFailure } from '../core/failure.ts';
import type { Key, Log } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { NameMatcher } from '../names/matcher.ts';
import { readPattern } from '../names/pattern.ts';
import {
  inWords,
  isWrong,
  keyStates,
  madeFor,
  takeInventory,
  type KeyState,
  type ListedKey,
} from './inventory.ts';
import { fold } from './fold.ts';
import { readTeamFilter } from './key-selector.ts';
import { checkGone, readStates } from './list-states.ts';
import type { Operation, Outcome, Ports } from './operation.ts';

/** Reads the keys, all or those whose name matches, and says what each is. */
export interface ListRequest {
  readonly operation: 'list';
  /** A name in which `*` stands for any text; all keys when undefined, and no template is given. */
  readonly name: string | undefined;
  /** In place of a name: a template with an open placeholder. */
  readonly template?: NameMatcher | undefined;
  /** Whether GitHub is asked what there is of what the template leaves open. */
  readonly asksGitHub?: boolean;
  /** The only team whose keys are ours. */
  readonly teamId?: number;
  /** Only the active ones, or the others; all when undefined. */
  readonly active?: boolean | undefined;
  /** Only those in one of these states; all when undefined. */
  readonly states?: readonly KeyState[] | undefined;
}

/** @param inputs the step's inputs */
export function readList(inputs: Inputs): Result<ListRequest> {
  const which = readWhich(inputs);
  const states = readStates(inputs);
  const read = all({
    which,
    states,
    team: readTeamFilter(inputs),
    active: inputs.optionalBoolean('is_active'),
    gone: which.ok && states.ok ? checkGone(states.value, which.value, inputs) : ok(undefined),
  });
  if (!read.ok) return read;
  const { which: names, team, active, states: wanted } = read.value;
  const canAsk = names.template !== undefined && inputs.text('github_token') !== undefined;
  const asking = canAsk ? { asksGitHub: true } : {};
  return ok({ operation: 'list', ...names, ...asking, ...team, active, states: wanted });
}

/**
 * What the step of a branch would be given is of no use here: a list is of all branches. So what `prune`
 * leaves open is open here, too; an environment that the step names is that one.
 */
function readWhich(inputs: Inputs): Result<Pick<ListRequest, 'name' | 'template'>> {
  const template = inputs.openName();
  if (!template.ok) return template;
  if (template.value !== undefined) return ok({ name: undefined, template: template.value });
  const name = inputs.exactName();
  return name.ok ? ok({ name: name.value, template: undefined }) : name;
}

/** So many lines of the log tell of single keys; the outputs and the summary have more. */
const mostLines = 20;

/** More of them than this are folded. */
const mostUnfolded = 5;

/** Reads the Send-Your-Data keys that the caller sees, all or those whose name matches. */
export const list: Operation<ListRequest> = async (request, ports) => {
  const { template, teamId, active, states } = request;
  const everything = await ports.keys.list();
  const fits = readFit(request);
  const existing = await lookAtGitHub(everything.filter(fits), request, ports);
  const context = { template, teamId, existing, now: ports.clock.now() };
  const found = takeInventory(everything, context).filter(
    (key) =>
      fits(key) &&
      (active === undefined || key.active === active) &&
      (states === undefined || states.includes(key.standing.state)),
  );
  return outcome(request, found, ports);
};

function readFit({ name, template }: ListRequest): (key: Key) => boolean {
  if (template !== undefined) return (key) => madeFor(key, template) !== undefined;
  if (name === undefined) return () => true;
  const isMatch = readPattern(name);
  return (key) => isMatch(key.name);
}

/** The keys were read before, as `prune` does: what is made meanwhile is in the answer. */
async function lookAtGitHub(
  fitting: readonly Key[],
  { template, asksGitHub }: ListRequest,
  { github }: Ports,
): Promise<ReadonlySet<string> | undefined> {
  const kind = template?.open;
  if (kind === undefined || asksGitHub !== true || fitting.length === 0) return undefined;
  try {
    return await github.existing(kind);
  } catch (thrown) {
    const failure = toFailure(thrown);
    const without = "To list without asking GitHub, give `github_token: ''`.";
    throw failure.with({
      hint: failure.hint === undefined ? without : `${failure.hint} ${without}`,
    });
  }
}

function outcome(request: ListRequest, found: readonly ListedKey[], { log }: Ports): Outcome {
  const sorted = keyStates.flatMap((state) =>
    found.filter(({ standing }) => standing.state === state),
  );
  return {
    sentence: sentence(request, found),
    gist: gist(found),
    needsLook: found.some(({ standing }) => isWrong(standing.state)),
    created: false,
    changed: false,
    keyIds: found.map(({ id }) => id),
    keys: found,
    shown: sorted.map((key) => ({
      ...key,
      is: inWords(key.standing),
      state: key.standing.state,
    })),
    // After the sentence, which has the counts.
    finish: () => {
      tellSpecial(sorted, log);
      return Promise.resolve();
    },
  };
}

function tellSpecial(sorted: readonly ListedKey[], log: Log): void {
  const special = sorted.filter(({ standing }) => !isPlain(standing.state));
  const more = special.length - mostLines;
  const lines = [
    ...special
      .slice(0, mostLines)
      .map(({ name, id, standing }) => `${quote(name)} (${id}): ${inWords(standing)}.`),
    ...(more > 0 ? [`And ${plural(more, 'key')} more, which the output \`keys_file\` has.`] : []),
  ];
  // A few are read; many are looked through by who looks for one.
  if (lines.length > mostUnfolded) fold(`${plural(special.length, 'key')} to look at`, lines, log);
  else for (const line of lines) log.info(line);
}

/** {@link sentence} for a headline. */
function gist(found: readonly ListedKey[]): string {
  const wrong = found.filter(({ standing }) => isWrong(standing.state)).length;
  const active = found.filter((key) => key.active).length;
  const all = `${plural(found.length, 'Send-Your-Data key')}${found.length === 0 ? '' : `, ${active} active`}`;
  return `${all}; ${wrong === 0 ? 'nothing' : wrong} to look at`;
}

function isPlain(state: KeyState): boolean {
  return state === 'active' || state === 'inactive';
}

function sentence(
  { name, template, active: wanted, states }: ListRequest,
  found: readonly ListedKey[],
): string {
  const active = found.filter((key) => key.active).length;
  const policies = found.filter(({ accessPolicy = '' }) => accessPolicy !== '').length;
  const restricted = policies === 0 ? '' : `, ${policies} with an access policy`;
  const which =
    template !== undefined
      ? ` like ${quote(template.text)}`
      : name === undefined
        ? ''
        : ` named ${quote(name)}`;
  const filters = [
    ...(wanted === undefined ? [] : [`\`is_active: ${String(wanted)}\``]),
    ...(states === undefined ? [] : [`\`state: ${states.join(', ')}\``]),
  ].join(' and ');
  const filtered = filters === '' ? '' : ` with ${filters}`;
  return `Found ${plural(found.length, 'Send-Your-Data key')}${which}${filtered}, ${active} of them active${restricted}.${counts(found)}`;
}

/** How many are in each state, where not all is said by how many are active. */
function counts(found: readonly ListedKey[]): string {
  const states = found.map(({ standing }) => standing.state);
  if (states.every(isPlain)) return '';
  const each = keyStates.flatMap((state) => {
    const count = states.filter((one) => one === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return ` By state: ${listed(each)}.`;
}
