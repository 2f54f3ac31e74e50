import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Emulator } from '../emulator/index.ts';
import {
  runWorkflow,
  stepRunsOf,
  type StepRun,
  type WorkflowEvent,
  type WorkflowRun,
} from '../job-runner/index.ts';
import { disappoint } from './expectations.ts';
import { makeRepository, type Repository } from './repository.ts';
import { scene } from './scenes.ts';
import { block, isOfAction, shortTexts, showJob } from '../terminal/screen.ts';

/** A workflow of docs/examples, what starts it, and what has to come of it. */
interface WorkflowScene {
  readonly title: string;
  /** What to look at in it. */
  readonly see: string;
  /** The same of its second job, where that is more than fits on a screen. */
  readonly second?: { readonly title: string; readonly see: string };
  readonly file: string;
  readonly event: WorkflowEvent;
  /** How each job has to end, in the order in which they run. */
  readonly results: readonly string[];
  /** The keys that there have to be afterwards, as `NAME: active` or `NAME: inactive`. */
  readonly keys: readonly string[];
  /** Whether a script of the repository is given the value of the key that its job has. */
  readonly handsOver: boolean;
}

const repository = { full_name: 'acme/shop', default_branch: 'main' };
const push = (branch: string): WorkflowEvent => ({
  name: 'push',
  payload: { ref: `refs/heads/${branch}`, repository },
});

const branchKey = 'my-app/branch/feature/cart';
const environmentKey = (environment: string): string => `my-app/environment/${environment}`;

const deployed: Omit<WorkflowScene, 'title' | 'see'> = {
  file: 'provision-same-job.yml',
  event: push('feature/cart'),
  results: ['success'],
  keys: [`${branchKey}: active`],
  handsOver: true,
};

const rotated = ['active', 'inactive'].flatMap((state) => [
  `${environmentKey('staging')}: ${state}`,
  `${environmentKey('production')}: ${state}`,
]);

const workflowScenes: readonly WorkflowScene[] = [
  {
    ...deployed,
    title: 'A branch is pushed: a key of its own, used in the same job',
    see: 'The script prints the key on purpose: the log has *** in its place.',
  },
  {
    ...deployed,
    title: 'It is pushed again: a new key, and the one before is gone',
    see: 'The old key goes at the end of the job, and only because the job has succeeded.',
  },
  {
    title: 'The branch is deleted: its key is retired',
    see: 'The same `name:` with {branch} in it now means the branch that was deleted.',
    file: 'retire-on-delete.yml',
    event: { name: 'delete', payload: { ref: 'feature/cart', ref_type: 'branch', repository } },
    results: ['success', 'skipped'],
    keys: [`${branchKey}: inactive`],
    handsOver: false,
  },
  {
    title: 'A test job: its key exists as long as the job, and not longer',
    see: 'Nothing in the workflow cleans up: the end of the step does, however the job ends.',
    file: 'one-test-job.yml',
    event: push('main'),
    results: ['success'],
    keys: [`${branchKey}: inactive`],
    handsOver: true,
  },
  {
    title: 'Keys are rotated: staging succeeds',
    see: 'A matrix of two jobs. Here, the old key is retired when all has worked.',
    second: {
      title: 'Keys are rotated: production fails its test after the deployment',
      see: 'The new key goes, and what runs goes on with the old one.',
    },
    file: 'rotate-on-schedule.yml',
    event: { name: 'schedule', payload: { schedule: '17 3 1 * *', repository } },
    results: ['success', 'failure'],
    keys: [`${branchKey}: inactive`, ...rotated],
    handsOver: true,
  },
];

/**
 * The life of a key: the workflows of docs/examples that need nothing but the service, as they are.
 *
 * @param emulator what the steps talk to, with no keys in it
 * @returns the runs of the action
 */
export async function playLife(emulator: Emulator): Promise<readonly StepRun[]> {
  const files = await makeRepository();
  try {
    const runs: StepRun[] = [];
    for (const played of workflowScenes) {
      if (played.file === 'rotate-on-schedule.yml') makeOldKeys(emulator);
      scene(played.title, played.see);
      block('workflow', [`docs/examples/${played.file} on ${played.event.name}`]);
      await rm(files.handedOver, { force: true });
      const run = await play(played, emulator, files);
      await check(played, run, emulator, files);
      runs.push(...stepRunsOf(run).filter(isOfAction));
    }
    return runs;
  } finally {
    await files.remove();
  }
}

function play(
  { file, event }: WorkflowScene,
  emulator: Emulator,
  files: Repository,
): Promise<WorkflowRun> {
  return runWorkflow({
    workflow: {
      file: fileURLToPath(new URL(`../../docs/examples/${file}`, import.meta.url)),
    },
    event,
    actionReference: 'example-org/coralogix-api-keys-action',
    secrets: { repository: { CORALOGIX_API_KEY: emulator.tokens.admin } },
    vars: { CORALOGIX_TEAM_ID: String(emulator.teamId) },
    workspace: files.workspace,
    commandFolder: files.commands,
    // The runner hands inputs over as variables like these: so the examples reach the emulator as
    // they are.
    env: {
      INPUT_REGION: undefined,
      INPUT_ENDPOINT: emulator.endpoint,
      INPUT_CA_CERTIFICATE: emulator.caCertificate,
    },
  });
}

async function check(
  { title, ...expected }: WorkflowScene,
  run: WorkflowRun,
  { store }: Emulator,
  { handedOver }: Repository,
): Promise<void> {
  const what = `"${title}"`;
  if (!run.triggered) {
    disappoint(`${what} was not started: ${run.reason}`);
    return;
  }
  for (const [index, job] of run.jobs.entries()) {
    if (job.result === 'skipped') continue;
    if (index === 1 && expected.second !== undefined)
      scene(expected.second.title, expected.second.see);
    showJob(job);
  }
  const results = run.jobs.map(({ result }) => result);
  if (results.join() !== expected.results.join())
    disappoint(`${what}: jobs ended ${results.join()}.`);

  const states = store
    .keys()
    .map(({ name, active }) => `${name}: ${active ? 'active' : 'inactive'}`);
  const keys = states.sort();
  block('keys now', shortTexts(keys));
  if (keys.join() !== [...expected.keys].sort().join()) disappoint(`${what}: other keys.`);

  const values = stepRunsOf(run).flatMap(({ outputs }) => outputs['value'] ?? []);
  if (run.jobs.some(({ log }) => values.some((value) => log.includes(value)))) {
    disappoint(`${what}: a value stands in the log.`);
  }
  if (!expected.handsOver) return;
  const given = await readFile(handedOver, 'utf8').catch(() => undefined);
  if (given === undefined || given !== values.at(-1)) {
    disappoint(`${what}: the script was not given the value.`);
  }
}

/** What a rotation replaces: keys that were made a month ago. */
function makeOldKeys({ store, teamId, tokens }: Emulator): void {
  for (const environment of ['staging', 'production']) {
    const [made] = store.seed(1, environment, { teamId });
    const newName = environmentKey(environment);
    if (made !== undefined) store.update(tokens.admin, { keyId: made.id, newName });
  }
}
