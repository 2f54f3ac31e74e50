import { readdir, readFile } from 'node:fs/promises';
import {
  runWorkflow,
  type WorkflowEvent,
  type WorkflowOptions,
} from '../../tools/job-runner/index.ts';
import { parseWorkflow } from '../../tools/job-runner/workflow-file.ts';
import { dispatched, pullRequest, push, scheduled } from '../support/github-events.ts';
import { secretsOf, type Repository } from './repository.ts';

/** Every workflow that the project shows, as it is written, and the events that start them. */

const root = new URL('../../', import.meta.url);
const read = async (path: string): Promise<string> =>
  (await readFile(new URL(path, root), 'utf8')).replaceAll('\r\n', '\n');

const workflows = new Map<string, string>();
for (const [, text = ''] of (await read('README.md')).matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)) {
  workflows.set(`README.md, ${parseWorkflow(text).name}`, text);
}
for (const name of await readdir(new URL('docs/examples/', root))) {
  workflows.set(name, await read(`docs/examples/${name}`));
}

/** Of the README by `README.md, NAME`, of the examples by their files. */
export const workflowNames: readonly string[] = [...workflows.keys()];

/** The text of a workflow. */
export function workflow(name: string): string {
  const text = workflows.get(name);
  if (text === undefined) throw new Error(`No workflow ${name}.`);
  return text;
}

/** An event as the step runner takes it, with entries of its payload in place of the usual ones. */
export function occurring(
  { name, payload }: { readonly name: string; readonly payload: unknown },
  more: Readonly<Record<string, unknown>> = {},
): WorkflowEvent {
  return { name, payload: { ...(payload as Readonly<Record<string, unknown>>), ...more } };
}

export const pushed = (branch: string): WorkflowEvent => occurring(push(`refs/heads/${branch}`));

/** A schedule of a workflow, by its cron line. */
export const nightly = (schedule: string): WorkflowEvent => occurring(scheduled(), { schedule });

/** By hand, on the default branch, with these inputs. */
export const byHand = (inputs: Readonly<Record<string, unknown>> = {}): WorkflowEvent =>
  occurring(dispatched('refs/heads/main'), { inputs });

/** The pull request 7 is closed. */
export const closed = (from: 'us' | 'fork' = 'us'): WorkflowEvent =>
  occurring(pullRequest({ action: 'closed', from }));

/** For the payload: who did it. */
export const byDependabot = { sender: { login: 'dependabot[bot]' } };

/** What `concurrency` says of runs that must not be cut off. */
export const neverStopped = { 'cancel-in-progress': false };

/** The secrets of a repository that keeps the management key in the environment `keys` alone. */
export function inKeys({
  server,
  emulator,
}: Pick<Repository, 'server' | 'emulator'>): Pick<WorkflowOptions, 'secrets'> {
  return {
    secrets: () => ({
      environments: {
        ...secretsOf(server, emulator).environments,
        keys: { CORALOGIX_API_KEY: emulator.tokens.admin },
      },
    }),
  };
}

/** Why a workflow is not started by an event; empty where it is. */
export async function reasonAgainst(name: string, event: WorkflowEvent): Promise<string> {
  const ran = await runWorkflow({ workflow: { text: workflow(name) }, event });
  return ran.triggered ? '' : ran.reason;
}
