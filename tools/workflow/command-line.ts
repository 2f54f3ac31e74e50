import { parseArgs } from 'node:util';
import { parseWish, type Wish, wishesUsage } from './events.ts';
import { firstLine, Mistake } from './mistake.ts';

/** Texts by name. */
export type Named = Readonly<Record<string, string>>;

/** What is to be run. */
export interface WorkflowCommand {
  readonly kind: 'run';
  /** As they were given. */
  readonly files: readonly string[];
  /** In their order; empty for the first event that the workflows are for. */
  readonly wishes: readonly Wish[];
  /** Of `workflow_dispatch`. */
  readonly inputs: Named;
  readonly secrets: Named;
  readonly variables: Named;
  /** Names of keys that there are from the start. */
  readonly keys: readonly string[];
  /** Repositories besides the workflow's own. */
  readonly repositories: readonly string[];
  /** `OWNER/NAME` by which the workflows use the action; undefined to go by its name. */
  readonly action: string | undefined;
  readonly runScripts: boolean;
}

/** What `npm run workflow` was asked for. */
export type Command = { readonly kind: 'help' } | WorkflowCommand;

/** What `--help` says. */
export const usage = `Usage: npm run workflow -- FILE... [options]

Runs workflows that use the action, as they are written, on the emulator: no account, no GitHub. Several
files are the workflows of one repository: each event starts those that are for it.

  --event EVENT        what happens; may be repeated, and then one comes after the other:
${wishesUsage}
                       (default: the first of its events that needs nothing else)
  --input NAME=VALUE   an input of workflow_dispatch
  --key NAME           a key that there is from the start
  --secret NAME=VALUE  a secret of the repository, in place of one that is made up
  --var NAME=VALUE     a variable, likewise
  --repository OWNER/NAME
                       a repository that there is besides acme/shop, the workflow's own
  --action OWNER/NAME  how the workflows call the action, where not by its own name
  --run-scripts        run the steps with \`run:\`, in the folder that you are in (default: show them)
  --help               this text

All but --event and the switches may be repeated, too. Exit code: 0 when all went well, 1 when a job
failed or would fail on GitHub, 2 when there was nothing to run. NO_COLOR=1 leaves out the colours.`;

const several = { type: 'string', multiple: true } as const;

/**
 * Reads the arguments of the command line.
 *
 * @param args without the program's own name
 * @throws Mistake
 */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parsed(args);
  if (values.help === true) return { kind: 'help' };
  if (positionals.length === 0) {
    throw new Mistake(
      'Which workflow? Give its file: npm run workflow -- .github/workflows/deploy.yml',
    );
  }
  return {
    kind: 'run',
    files: positionals,
    wishes: (values.event ?? []).map(parseWish),
    inputs: named('--input', values.input),
    secrets: named('--secret', values.secret),
    variables: named('--var', values.var),
    keys: values.key ?? [],
    repositories: (values.repository ?? []).map((name) => repository('--repository', name)),
    action: values.action === undefined ? undefined : repository('--action', values.action),
    runScripts: values['run-scripts'] ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        event: several,
        input: several,
        secret: several,
        var: several,
        key: several,
        repository: several,
        action: { type: 'string' },
        'run-scripts': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (thrown) {
    throw new Mistake(firstLine(thrown), { cause: thrown });
  }
}

function named(option: string, texts: readonly string[] = []): Named {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([A-Za-z_][\w-]*)=(.*)$/su.exec(text) ?? [];
      // Not the text itself: it may be a secret.
      if (name === undefined || value === undefined) {
        throw new Mistake(`${option} takes NAME=VALUE.`);
      }
      return [name, value];
    }),
  );
}

function repository(option: string, text: string): string {
  if (/^[\w.-]+\/[\w.-]+$/u.test(text)) return text;
  throw new Mistake(`${option} takes OWNER/NAME, not "${text}".`);
}
