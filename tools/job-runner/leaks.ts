import { withoutEntities } from './html.ts';
import { commandNames, parseCommand } from './commands.ts';
import { Masks } from './masks.ts';
import type { StepRun } from './step-run.ts';

/** A value that must not get out, and the outputs that may hold exactly it. */
export interface SecretToFind {
  readonly value: string;
  /** By default `value` and `otlp_headers`; none for a credential that the action is given. */
  readonly outputs?: readonly string[];
}

/** A place where a secret stands that is neither its mask nor its output. */
export interface Leak {
  /** Which of the runs, counted from 0. */
  readonly run: number;
  /** Which of the secrets, counted from 0. */
  readonly secret: number;
  /** `stdout`, `log`, `output keys`, `temp keys.json`, … */
  readonly where: string;
  /** The line on which it stands, counted from 1. */
  readonly line: number;
  readonly form: string;
  /** The line, with the secret masked, cut. */
  readonly text: string;
}

/** The outputs of the action that may be a secret. */
const ownOutputs: readonly string[] = ['value', 'otlp_headers'];

/**
 * A key's value, and the texts around it that the action hands out for senders: each is a secret with a
 * mask of its own.
 */
export function withHeaders(value: string): readonly string[] {
  const header = encodeURIComponent(`Bearer ${value}`);
  return [value, header, `Authorization=${header}`];
}

/** Shortest piece of an encoded secret that is looked for: a shorter one may be there by chance. */
const shortestPiece = 8;

/**
 * Searches all that steps wrote for secrets, as they are and encoded: both streams raw, the log,
 * outputs, state, summary, variables, path, and the files left in `RUNNER_TEMP`. Allowed is exactly
 * a secret's own mask command, and an output of its own that is exactly the secret; of a secret that is
 * part of another one, such as a key's value in a header, also that one's.
 *
 * @param runs    what has run; see {@link StepRun}
 * @param secrets what must not be found; a text stands for one that may be an output
 * @returns every place where something was found; none of them tells the secret
 */
export function findLeaks(
  runs: readonly StepRun[],
  secrets: readonly (string | SecretToFind)[],
): readonly Leak[] {
  const all = secrets.map((given) => {
    const known = typeof given === 'string' ? { value: given } : given;
    return { outputs: ownOutputs, ...known };
  });
  return all.flatMap(({ value }, secret) => {
    if (value === '') throw new Error('An empty secret would be found everywhere.');
    const holders = all.filter((other) => other.value.includes(value));
    const forms = formsOf(value);
    const masks = new Masks([value, ...forms.map(({ text }) => text)]);
    return runs.flatMap((run, index) =>
      Object.entries(textsOf(run, holders)).flatMap(([where, text]) => {
        if (!forms.some((form) => text.includes(form.text))) return [];
        return text.split(/\r\n|\r|\n/u).flatMap((line, at) => {
          const form = forms.find((known) => line.includes(known.text));
          if (form === undefined || holders.some((one) => isOwnMask(line, one.value))) return [];
          const shown = masks.hide(line).slice(0, 200);
          return [{ run: index, secret, where, line: at + 1, form: form.name, text: shown }];
        });
      }),
    );
  });
}

/** All that a run wrote, by place, without the outputs that may hold the secret. */
function textsOf(
  run: StepRun,
  holders: readonly Required<SecretToFind>[],
): Readonly<Record<string, string>> {
  const own = holders.flatMap(({ value, outputs }) =>
    outputs.filter((name) => run.outputs[name] === value),
  );
  const outputs = Object.entries(run.outputs).filter(([name]) => !own.includes(name));
  // The file holds each output once: what is there beyond the allowed ones is a leak. The longest are
  // taken out first, as a shorter one may be a part of them.
  const allowed = own.flatMap((name) => run.outputs[name] ?? []);
  const file = allowed
    .sort((one, other) => other.length - one.length)
    .reduce((text, value) => text.replace(value, () => ''), run.files.output);
  return {
    stdout: run.stdout,
    stderr: run.stderr,
    log: run.log,
    ...Object.fromEntries(outputs.map(([name, value]) => [`output ${name}`, value])),
    'output file': file,
    'state file': run.files.state,
    'summary file': withoutEntities(run.files.step_summary),
    'environment file': run.files.env,
    'path file': run.files.path,
    ...Object.fromEntries(Object.entries(run.temp).map(([name, text]) => [`temp ${name}`, text])),
  };
}

function isOwnMask(line: string, secret: string): boolean {
  const command = parseCommand(line, commandNames);
  return command?.name === 'add-mask' && command.text === secret && line.startsWith('::');
}

interface Form {
  readonly name: string;
  readonly text: string;
}

function formsOf(secret: string): readonly Form[] {
  const bytes = Buffer.from(secret, 'utf8');
  const encoded: readonly Form[] = [
    { name: 'in JSON', text: JSON.stringify(secret).slice(1, -1) },
    { name: 'in a URI', text: encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd')) },
    { name: 'in hexadecimal', text: bytes.toString('hex') },
    ...[0, 1, 2].flatMap((shift) => {
      // Whole groups of three bytes look the same whatever stands around them.
      const groups = bytes.subarray(shift, bytes.length - ((bytes.length - shift) % 3));
      return [
        { name: 'in base64', text: groups.toString('base64') },
        { name: 'in base64', text: groups.toString('base64url') },
      ];
    }),
  ];
  // A secret of several lines is looked for line by line, as it is read.
  const plain = secret.split(/[\r\n]+/u).filter((line) => line !== '');
  return [
    ...plain.map((text) => ({ name: 'in clear', text })),
    ...encoded.filter(({ text }) => text.length >= shortestPiece),
  ];
}
