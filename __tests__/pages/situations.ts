import type { WorkflowEvent } from '../../src/names/workflow-event.ts';
import type { WorkflowEvent as GivenEvent, WorkflowOptions } from '../../tools/job-runner/index.ts';
import { nameWithEnd } from '../../src/names/stamp.ts';
import { pullRequest, push, scheduled } from '../support/github-events.ts';
import { status } from '../support/status.ts';
import { sendGrpc } from '../tools/emulator/ingestion/sender.ts';
import { secretsOf, type Ran, type Repository } from '../e2e/repository.ts';

/** The situations of docs/troubleshooting.md: what there is before a snippet runs, and what has started it. */

export const name = 'my-app/environment/production';
const secret = 'CORALOGIX_PRIVATE_KEY';

/** Inputs of a step that stores its value. */
export const storing = {
  name,
  environment: 'production',
  secret_name: secret,
  github_token: '${{ secrets.SECRETS_TOKEN }}',
};

/** What a snippet runs in. */
export interface Situation {
  /** By the last `run` of a workflow that makes what there is. */
  readonly before?: (repo: Repository, run: RunText) => unknown;
  /** By default a push to `main`. */
  readonly event?: WorkflowEvent;
  /** What its workflow is for, where the event's name does not say it all. */
  readonly on?: object;
  /** How the run differs from others in that repository. */
  readonly differs?: (repo: Repository) => Partial<WorkflowOptions>;
  /** How the right snippet's job ends; `success` by default. */
  readonly ends?: 'skipped';
  /** How the wrong one's ends; `failure` by default. */
  readonly wrongEnds?: 'success';
  /** Whether the wrong one prints nothing that is quoted: it goes wrong without a word. */
  readonly isSilent?: true;
  /** What is to be seen after the run, beside the log. */
  readonly after?: (repo: Repository) => unknown;
  /** What that has to be after each of the two snippets. */
  readonly then?: Readonly<Record<'wrong' | 'right', unknown>>;
}

/** Runs a job that is given as steps. */
export type RunText = (job: object) => Promise<Ran>;

/** A step of the action. */
export const use = (given: object): object => ({
  uses: 'example-org/coralogix-api-keys-action@v1',
  with: given,
});

/** A key whose value is a secret of the environment, as an earlier run of the right snippet has left it. */
export async function stored({ seed }: Repository, run: RunText): Promise<void> {
  // Where there is one, none is looked for.
  seed(name);
  await run({ steps: [use({ operation: 'rotate', retire: 'delete', ...storing })] });
}
export const seeded = ({ seed }: Repository): string => seed(name);
const activeOnes = ({ keys }: Repository): number =>
  keys().filter((each) => each.endsWith(': active')).length;
/** What the ingestion answers to the value that a script was given first. */
const answered = async ({ emulator, calls }: Repository): Promise<number> => {
  const [[, key] = []] = await calls();
  return (await sendGrpc(emulator, { key })).code;
};

/** All of them, by the headings of the page. */
export const situations: Readonly<Record<string, Situation>> = {
  'CORALOGIX_API_KEY holds the other kind of key': {
    before: seeded,
    differs: ({ emulator, server }) => ({
      secrets: {
        ...secretsOf(server, emulator),
        repository: {
          CORALOGIX_API_KEY: emulator.tokens.admin,
          [secret]: emulator.store.keys()[0]?.value ?? '',
        },
      },
    }),
    after: async ({ calls }) => (await calls()).length,
    then: { wrong: 0, right: 1 },
  },
  'Runs from forks and Dependabot have no key': {
    event: pullRequest({ from: 'fork' }),
    differs: () => ({ secrets: {} }),
    ends: 'skipped',
  },
  'Proxies and certificates': {
    differs: ({ emulator }) => ({
      env: { INPUT_REGION: undefined, INPUT_ENDPOINT: emulator.endpoint },
      vars: { CORALOGIX_TEAM_ID: '4001', COMPANY_CA: emulator.caCertificate },
    }),
  },
  'No answer in time': {},
  'The step is green, and the value is empty': {
    before: stored,
    wrongEnds: 'success',
    after: async ({ calls, value }) => (await calls()).map(([, given]) => given === value(name)),
    then: { wrong: [false], right: [true] },
  },
  'The key exists, and its value is not told again': {
    before: seeded,
    after: ({ server }) => [...server.secrets.keys()],
    then: { wrong: [], right: [`production/${secret}`] },
  },
  'Every deployment makes a new key': {
    before: stored,
    wrongEnds: 'success',
    after: ({ keys }) => keys(),
    then: {
      wrong: [`${name}: active`, `${name}: inactive`],
      right: [`${name}: active`],
    },
  },
  'The job does not see the secret': { before: stored },
  'The secret holds another value': {
    before: stored,
    differs: ({ emulator, server }) => {
      const { repository, ...others } = secretsOf(server, emulator);
      return { secrets: { ...others, repository: { ...repository, [secret]: `other-${name}` } } };
    },
  },
  'The secret was stored by hand': {
    before: ({ server }) => server.secrets.set(`production/${secret}`, 'made-by-hand'),
    after: ({ server, value }) =>
      server.secrets.get(`production/${secret}`) === (value(name) ?? 'none'),
    then: { wrong: false, right: true },
  },
  'The secret is not stored': {
    after: ({ keys, server }) => [keys(), [...server.secrets.keys()]],
    then: {
      wrong: [[], []],
      right: [[`${name}: active`], [`production/${secret}`]],
    },
  },
  'The sender is refused': {
    isSilent: true,
    before: stored,
    differs: ({ emulator }) => ({
      env: {
        INPUT_REGION: undefined,
        INPUT_ENDPOINT: emulator.endpoint,
        INPUT_INGESTION_ENDPOINT: emulator.ingestion.endpoint,
        INPUT_CA_CERTIFICATE: emulator.caCertificate,
      },
    }),
    wrongEnds: 'success',
    after: answered,
    then: { wrong: status.UNAUTHENTICATED, right: 0 },
  },
  'A placeholder cannot be filled in': {
    event: scheduled(),
    on: { schedule: [{ cron: '30 5 * * 1' }] },
    before: seeded,
  },
  'Prune refuses': {
    before: ({ emulator }) => emulator.store.seed(21, 'my-app/branch/gone-', { teamId: 4001 }),
    after: activeOnes,
    then: { wrong: 21, right: 21 },
  },
  'Prune took a key that was in use': {
    before: ({ seed }) => [seed('my-app/production'), seed('my-app/branch/main')],
    wrongEnds: 'success',
    after: ({ value }) => value('my-app/production') !== undefined,
    then: { wrong: false, right: true },
  },
  'The old key is still active': {
    before: seeded,
    wrongEnds: 'success',
    after: activeOnes,
    then: { wrong: 2, right: 1 },
  },
  'The end of the job has another key': {
    before: seeded,
    wrongEnds: 'success',
    after: activeOnes,
    then: { wrong: 2, right: 1 },
  },
  'The end of the job never ran': {
    isSilent: true,
    before: ({ seed }) => seed(nameWithEnd('my-app/test/4711', Date.now() - 3_600_000)),
    wrongEnds: 'success',
    after: ({ keys }) => keys().length,
    then: { wrong: 1, right: 0 },
  },
  'Two active keys bear one name': {
    before: ({ seed }) => [seed(name), seed(name)],
    after: activeOnes,
    then: { wrong: 2, right: 1 },
  },
};

/** What starts a snippet's workflow, with what the job runner takes of it. */
export const eventOf = ({ event = push('refs/heads/main') }: Situation): GivenEvent => ({
  name: event.name,
  payload: event.payload as Readonly<Record<string, unknown>>,
});
