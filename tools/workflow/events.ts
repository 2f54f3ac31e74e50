import type { WorkflowEvent } from '../job-runner/index.ts';
import { Mistake } from './mistake.ts';

/** The events that can be asked for, with what can be said of each after colons. */
const kinds = {
  push: ['REF'],
  pull_request: ['BRANCH', 'ACTION'],
  pull_request_target: ['BRANCH', 'ACTION'],
  create: ['BRANCH'],
  delete: ['BRANCH'],
  schedule: ['CRON'],
  workflow_dispatch: ['BRANCH'],
} as const;

/** An event by its name. */
export type EventName = keyof typeof kinds;

/** What somebody wants to happen: `pull_request:feature/cart:closed`. */
export interface Wish {
  readonly event: EventName;
  /** The branch, the ref or the schedule. */
  readonly of: string | undefined;
  /** Of a pull request. */
  readonly action: string | undefined;
}

/** Something that has happened, and what there is on GitHub since then. */
export interface Happening {
  readonly wish: Wish;
  /** For the headline. */
  readonly title: string;
  readonly event: WorkflowEvent;
  readonly branches: readonly string[];
  readonly pulls: readonly { readonly number: number; readonly state: 'open' | 'closed' }[];
}

/** What `--help` says of the events. */
export const wishesUsage = [
  ['push[:BRANCH]', 'to main where none is named; also push:refs/tags/v1'],
  ['pull_request[:BRANCH[:ACTION]]', 'opened by default; feature/cart where none is named'],
  ['create:BRANCH, delete:BRANCH', 'a branch'],
  ['schedule[:CRON]', 'the first of the workflows where none is named'],
  ['workflow_dispatch[:BRANCH]', 'by hand, with what --input says'],
]
  .map(([form = '', what = '']) => `                         ${form.padEnd(32)}${what}`)
  .join('\n');

/**
 * Reads what `--event` was given. A colon cannot be part of a branch's name: git-check-ref-format.
 *
 * @throws Mistake
 */
export function parseWish(text: string): Wish {
  const [name = '', first, second, ...more] = text.split(':');
  const all: readonly string[] = Object.keys(kinds);
  if (!isEventName(name)) {
    throw new Mistake(`No event "${name}" can be tried here, only ${all.join(', ')}.`);
  }
  const said = [first, second].filter((part) => part !== undefined);
  const parts: readonly string[] = kinds[name];
  if (more.length > 0 || said.length > parts.length || said.includes('')) {
    throw new Mistake(`--event takes ${[name, ...parts].join(':')}, not "${text}".`);
  }
  if ((name === 'create' || name === 'delete') && first === undefined) {
    throw new Mistake(`Which branch? Say --event ${name}:feature/cart.`);
  }
  return { event: name, of: first, action: second };
}

/** Whether it can be tried here. */
export function isEventName(name: string): name is EventName {
  return Object.hasOwn(kinds, name);
}

/** The workflow's own repository. */
export const ownRepository = 'acme/shop';

const repository = {
  id: 11,
  name: 'shop',
  full_name: ownRepository,
  default_branch: 'main',
  owner: { login: 'acme' },
};
const none = '0'.repeat(40);
const some = 'a'.repeat(40);

/**
 * What comes of wishes, one after the other: a push makes a branch that was not there, a deletion takes it
 * away, and each branch has one pull request.
 *
 * @param wishes in their order
 * @param given  the inputs of a `workflow_dispatch`, and the schedule of one that names none
 */
export function historyOf(
  wishes: readonly Wish[],
  given: { readonly inputs: Readonly<Record<string, string>>; readonly cron: string | undefined },
): readonly Happening[] {
  const branches = new Set(['main']);
  const pulls = new Map<string, { readonly number: number; readonly state: 'open' | 'closed' }>();
  return wishes.map((wish) => {
    const branch = branchOf(wish);
    const isNew = branch !== undefined && !branches.has(branch);
    if (wish.event === 'delete') branches.delete(branch ?? '');
    else if (branch !== undefined) branches.add(branch);
    if (branch !== undefined && wish.event.startsWith('pull_request')) {
      const number = pulls.get(branch)?.number ?? pulls.size + 1;
      pulls.set(branch, { number, state: wish.action === 'closed' ? 'closed' : 'open' });
    }
    const facts = { ...given, isNew, number: pulls.get(branch ?? '')?.number ?? 1 };
    return {
      wish,
      title: titleOf(wish),
      event: {
        name: wish.event,
        payload: { repository, sender: { login: 'octocat' }, ...payloadOf(wish, branch, facts) },
      },
      branches: [...branches],
      pulls: [...pulls.values()],
    };
  });
}

/** The branch that comes to be, or goes, with the event; undefined for a tag and a schedule. */
function branchOf({ event, of }: Wish): string | undefined {
  switch (event) {
    case 'schedule':
      return undefined;
    case 'push':
    case 'workflow_dispatch':
      if (of?.startsWith('refs/heads/') === true) return of.slice('refs/heads/'.length);
      return of?.startsWith('refs/') === true ? undefined : (of ?? 'main');
    case 'pull_request':
    case 'pull_request_target':
      return of ?? 'feature/cart';
    case 'create':
    case 'delete':
      return of;
  }
}

function titleOf(wish: Wish): string {
  const about = [branchOf(wish) ?? wish.of, wish.action].filter((part) => part !== undefined);
  return [wish.event, ...about].join(': ');
}

/** Cut down to what workflows ask: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
function payloadOf(
  { event, of, action = 'opened' }: Wish,
  branch: string | undefined,
  facts: {
    readonly inputs: Readonly<Record<string, string>>;
    readonly cron: string | undefined;
    readonly isNew: boolean;
    readonly number: number;
  },
): Readonly<Record<string, unknown>> {
  const ref = branch === undefined ? of : `refs/heads/${branch}`;
  const { number, isNew } = facts;
  switch (event) {
    case 'push':
      return { ref, before: isNew ? none : some, after: some, created: isNew, deleted: false };
    case 'pull_request':
    case 'pull_request_target':
      return {
        action,
        number,
        pull_request: {
          number,
          state: action === 'closed' ? 'closed' : 'open',
          merged: action === 'closed',
          head: { ref: branch, sha: some, repo: repository },
          base: { ref: 'main', sha: some, repo: repository },
        },
      };
    case 'create':
    case 'delete':
      return { ref: branch, ref_type: 'branch', master_branch: 'main', pusher_type: 'user' };
    case 'schedule':
      return { schedule: of ?? facts.cron };
    case 'workflow_dispatch':
      return { ref, inputs: facts.inputs };
  }
}
