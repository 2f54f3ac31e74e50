import { type Command, commandNames, parseCommand } from './commands.ts';
import type { Masks } from './masks.ts';

/** Where a line was printed. */
export type Stream = 'stdout' | 'stderr';

/** A command that the step gave, and where. */
export interface IssuedCommand extends Command {
  readonly stream: Stream;
  /** Counted from 1 in its stream. */
  readonly line: number;
}

/** A message that GitHub shows beside the run, apart from the log. Masked. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  /** `title`, `file`, `line`, … as the step gave them; keys in lower case. */
  readonly properties: Readonly<Record<string, string>>;
}

/** How the log shows an annotation. */
const labels = { error: 'Error', warning: 'Warning', notice: 'Notice' } as const;

/** Commands that GitHub has withdrawn or that no action should need. */
const unexpected: ReadonlySet<string> = new Set([
  'add-matcher',
  'add-path',
  'echo',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
]);

/** Commands that are not repeated in the log when commands are echoed. */
const unechoed: ReadonlySet<string> = new Set([
  'add-mask',
  'debug',
  'error',
  'notice',
  'stop-commands',
  'warning',
]);

/**
 * Turns what a step prints into what a reader of the log sees, and obeys the commands in it: the
 * counterpart of the runner's OutputManager and ActionCommandManager. A mask hides later lines only.
 */
export class StepLog {
  readonly #masks: Masks;
  readonly #debug: boolean;
  readonly #lines: string[] = [];
  readonly #annotations: Annotation[] = [];
  readonly #commands: IssuedCommand[] = [];
  readonly #counts = { stdout: 0, stderr: 0 };
  #echo: boolean;
  #stopToken: string | undefined;
  #hasFailed = false;

  /** Outputs of the withdrawn `set-output` command, which the runner still obeys. */
  readonly outputs: Record<string, string> = {};
  /** State of the withdrawn `save-state` command, which the runner still obeys. */
  readonly state: Record<string, string> = {};

  constructor({ masks, debug }: { readonly masks: Masks; readonly debug: boolean }) {
    this.#masks = masks;
    this.#debug = debug;
    this.#echo = debug;
  }

  /** What a reader sees so far; ends with a line break unless empty. */
  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  get annotations(): readonly Annotation[] {
    return this.#annotations;
  }

  /** Every command that was obeyed, in the order in which they arrived. */
  get commands(): readonly IssuedCommand[] {
    return this.#commands;
  }

  /** Those of {@link commands} that no action should give. */
  get unexpectedCommands(): readonly IssuedCommand[] {
    return this.#commands.filter((command) => unexpected.has(command.name.toLowerCase()));
  }

  /** Whether the runner could not do what it was told, which fails the step. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Takes the next line of a stream, without its line break. */
  receive(stream: Stream, line: string): void {
    this.#counts[stream] += 1;
    const names =
      this.#stopToken === undefined ? commandNames : new Set([this.#stopToken.toLowerCase()]);
    const command = parseCommand(line, names);
    if (command === undefined) {
      this.write(line);
      return;
    }
    this.#commands.push({ ...command, stream, line: this.#counts[stream] });
    this.#obey(command, line);
  }

  /** Adds text of the runner's own; masked. */
  write(text: string): void {
    this.#lines.push(this.#masks.hide(text));
  }

  /** Adds a line that is shown with debug logging only; masked. */
  debug(text: string): void {
    if (!this.#debug) return;
    for (const line of text.split(/\r?\n/u)) this.write(`##[debug]${line}`);
  }

  /** Adds an annotation, to the log too; masked. */
  annotate(
    level: Annotation['level'],
    message: string,
    properties: Readonly<Record<string, string>> = {},
  ): void {
    const hidden = Object.entries(properties).map(([key, value]) => [key, this.#masks.hide(value)]);
    this.#annotations.push({
      level,
      message: this.#masks.hide(message),
      properties: Object.fromEntries(hidden) as Record<string, string>,
    });
    if (message !== '') this.write(`${labels[level]}: ${message}`);
  }

  /** Says that the runner could not do what it was told. */
  fail(message: string): void {
    this.annotate('error', message);
    this.#hasFailed = true;
  }

  #obey(command: Command, line: string): void {
    const name = command.name.toLowerCase();
    if (this.#stopToken !== undefined) {
      this.write(line);
      this.#stopToken = undefined;
      return;
    }
    if (this.#echo && !unechoed.has(name)) this.write(line);
    switch (name) {
      case 'stop-commands':
        this.write(line);
        this.#stopToken = command.text;
        return;
      case 'add-mask':
        this.#mask(command.text);
        return;
      case 'error':
      case 'warning':
      case 'notice':
        this.annotate(name, command.text, command.properties);
        return;
      case 'debug':
        this.debug(command.text);
        return;
      case 'group':
        this.write(`▼ ${command.text}`);
        return;
      case 'echo':
        this.#echo = command.text.trim().toLowerCase() === 'on';
        return;
      case 'set-output':
        this.#keep(this.outputs, command);
        return;
      case 'save-state':
        this.#keep(this.state, command);
        return;
      case 'set-env':
      case 'add-path':
        // Withdrawn for good in 2020: whoever could print a line could change the environment.
        this.fail(
          `Unable to process command '${line}' successfully. The \`${name}\` command is disabled.`,
        );
        return;
      default:
        // `endgroup` shows nothing; problem matchers are not modelled.
        return;
    }
  }

  #mask(value: string): void {
    if (value.trim() === '') {
      this.annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
      return;
    }
    if (this.#echo) this.write('::add-mask::***');
    this.#masks.add(value);
  }

  #keep(values: Record<string, string>, command: Command): void {
    const name = command.properties['name'];
    if (name === undefined) {
      this.fail(`Required field 'name' is missing in ##[${command.name}] command.`);
      return;
    }
    this.annotate('warning', `The \`${command.name}\` command is deprecated.`);
    values[name] = command.text;
  }
}
