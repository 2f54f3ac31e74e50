import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Contexts, fillIn } from './expressions.ts';
import { entriesOf, recordAt, textOf } from './yaml-values.ts';

/** What the runner takes from an `action.yml`. */
export interface ActionFile {
  readonly name: string;
  /** Absolute path of the script of the step itself. */
  readonly main: string;
  /** Absolute path of the script that runs at the end of the job. */
  readonly post: string | undefined;
  /** When the post script runs. */
  readonly postIf: string;
  /** Names in their order, with the default, which may hold expressions. */
  readonly inputs: readonly { readonly name: string; readonly default: string }[];
}

/** The folder of this project: the nearest one above this file that has an `action.yml`. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'action.yml'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('No folder above the step runner has an action.yml.');
    folder = parent;
  }
  return folder;
}

/**
 * Reads the `action.yml` of a JavaScript action.
 *
 * @param folder where the action is
 * @throws Error when there is none, or it is of a kind that is not modelled
 */
export async function readActionFile(folder: string): Promise<ActionFile> {
  const file: unknown = parse(await readFile(join(folder, 'action.yml'), 'utf8'));
  const runs = recordAt(file, 'runs');
  const using = textOf(runs['using']);
  const main = textOf(runs['main']);
  if (using !== 'node24') throw new Error(`Only node24 actions are modelled, not "${using}".`);
  if (main === '') throw new Error('The action.yml has no runs.main.');
  const post = textOf(runs['post']);
  return {
    name: textOf(recordAt(file)['name']),
    main: join(folder, main),
    post: post === '' ? undefined : join(folder, post),
    postIf: textOf(runs['post-if'] ?? 'always()'),
    inputs: entriesOf(recordAt(file, 'inputs')).map(([name, input]) => ({
      name,
      default: textOf(recordAt(input)['default']),
    })),
  };
}

/** The inputs of one process. */
export interface EvaluatedInputs {
  /** By name, as `with:` and then the defaults give them. */
  readonly values: Readonly<Record<string, string>>;
  /** Names in `with:` that the action does not know; the runner warns about them. */
  readonly unknown: readonly string[];
}

/**
 * Merges what the step gives with the action's defaults.
 *
 * @param action   the action
 * @param given    the step's `with:`, evaluated; names match without regard to case
 * @param contexts for expressions in defaults: `github`, `strategy`, `matrix`, `job`, `runner`
 */
export function evaluateInputs(
  action: ActionFile,
  given: Readonly<Record<string, string>>,
  contexts: Contexts,
): EvaluatedInputs {
  const known = new Set(action.inputs.map(({ name }) => name.toLowerCase()));
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const defaults = action.inputs
    .filter(({ name }) => !names.has(name.toLowerCase()))
    .map((input) => [input.name, fillIn(input.default, contexts)] as const);
  return {
    values: { ...given, ...Object.fromEntries(defaults) },
    unknown: Object.keys(given).filter((name) => !known.has(name.toLowerCase())),
  };
}
