import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseWorkflow, type StepFile, type WorkflowFile } from '../job-runner/index.ts';
import { listOf, recordAt, textOf } from '../job-runner/yaml-values.ts';
import { firstLine, Mistake } from './mistake.ts';

/** A workflow to run. */
export interface Source {
  /** As it was given. */
  readonly path: string;
  readonly text: string;
  readonly file: WorkflowFile;
  /** `OWNER/NAME` by which it uses the action; undefined where only `./` does. */
  readonly reference: string | undefined;
  /** The steps that use the action. */
  readonly steps: readonly StepFile[];
  /** What it uses besides the action: `OWNER/NAME`, each once. */
  readonly others: readonly string[];
}

const { repository } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly repository: { readonly url: string } };

/** How the action is called where nobody has renamed it: as its repository is. */
export const ownName = repository.url.replace(/^.*\/|\.git$/gu, '');

/**
 * Reads a workflow that uses the action.
 *
 * @param path   of its file
 * @param folder what the path is relative to
 * @param action `OWNER/NAME` by which the workflow uses the action; by default what has its name
 * @throws Mistake
 */
export async function readSource(
  path: string,
  folder: string,
  action: string | undefined,
): Promise<Source> {
  const text = await readFile(resolve(folder, path), 'utf8').catch((thrown: unknown) => {
    throw new Mistake(`${path} cannot be read. ${why(thrown)}`, { cause: thrown });
  });
  let file: WorkflowFile;
  try {
    file = parseWorkflow(text);
  } catch (thrown) {
    throw new Mistake(`${path} is no workflow that can be run here. ${firstLine(thrown)}`, {
      cause: thrown,
    });
  }
  const all = file.jobs.flatMap(({ steps }) => steps);
  const used = [...new Set(all.flatMap(({ uses }) => (uses === undefined ? [] : nameOf(uses))))];
  const isOurs = (name: string): boolean =>
    action === undefined ? name.split('/')[1] === ownName : name === action;
  const ours = used.filter((name) => name !== './' && isOurs(name));
  if (ours.length > 1) {
    throw new Mistake(`${path} uses the action by several names: ${ours.join(', ')}. Use one.`);
  }
  const reference = ours[0];
  const steps = all.filter((step) => usesAction({ reference }, step));
  if (steps.length === 0) {
    throw new Mistake(
      `${path} does not use the action: no step has uses: ${action ?? `OWNER/${ownName}`}@… or uses: ./. ` +
        'Is it called otherwise there? Then say --action OWNER/NAME.',
    );
  }
  // It means the action of the workflow's own repository, which may be another one than this.
  if (steps.some(({ uses, with: given }) => uses === './' && !('operation' in given))) {
    throw new Mistake(`${path} uses ./ without an operation: that is not this action.`);
  }
  return {
    ...{ path, text, file, steps },
    reference,
    others: used.filter((name) => name !== './' && !ours.includes(name)),
  };
}

/** Whether a step uses the action. */
export function usesAction({ reference }: Pick<Source, 'reference'>, { uses }: StepFile): boolean {
  return uses !== undefined && ['./', reference].includes(nameOf(uses));
}

function why(thrown: unknown): string {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'There is no such file.';
  return code === 'EISDIR' ? 'It is a folder: name the files in it.' : firstLine(thrown);
}

function nameOf(uses: string): string {
  return uses.split('@')[0] ?? '';
}

/** The schedule of a workflow, the first one where there are several. */
export function cronOf({ file }: Source): string | undefined {
  const [first] = listOf(recordAt(file.on)['schedule']);
  const cron = textOf(recordAt(first)['cron']);
  return cron === '' ? undefined : cron;
}

/** The names of the inputs that `workflow_dispatch` takes. */
export function inputsOf({ file }: Source): readonly string[] {
  return Object.keys(recordAt(recordAt(file.on, 'workflow_dispatch'), 'inputs'));
}
