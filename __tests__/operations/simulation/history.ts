import type { Rpc } from '../../../src/coralogix/transport.ts';
import type { Commit, StoredKey } from '../../../tools/emulator/key.ts';

/** A key as the history keeps it: never its value. */
export type KeyState = Pick<StoredKey, 'id' | 'name' | 'active'>;

/** One call, from the moment it is sent. */
export interface Call {
  /** Whose it is: main and job end of one run of the action count as one run. */
  readonly run: string;
  readonly half: Half;
  readonly rpc: Rpc;
  readonly request: {
    readonly name?: string;
    readonly key_id?: string;
    readonly new_name?: string;
  };
  readonly sentAt: number;
  /** Whether the caller can know that it did not leave. */
  readonly neverSent: boolean;
  /** Whether the service wanted fewer calls, and did not do it. */
  readonly isRefused: boolean;
  /** When the service did it or refused it. */
  servedAt: number | undefined;
  /** What a list showed. */
  shown: readonly KeyState[] | undefined;
  /** When the caller learnt how it ended. */
  endedAt: number | undefined;
  /** Whether the caller got the service's reply. */
  isAnswered: boolean;
}

/** The two processes of a run. */
export type Half = 'main' | 'job-end';

/** A change of a key, at the moment it took effect. */
export interface Change {
  readonly at: number;
  readonly run: string;
  readonly kind: Commit['kind'];
  /** The key afterwards; for a deletion, what it was last. */
  readonly key: KeyState;
  /** The key before; undefined when it was made. */
  readonly before: KeyState | undefined;
}

/** All that happened in one simulation, in the order in which it did. */
export class History {
  readonly calls: Call[] = [];
  readonly changes: Change[] = [];
  readonly #keys = new Map<string, KeyState>();
  readonly #lines: (() => string)[] = [];

  /** Adds a change, and what the key was before. */
  addChange(run: string, { kind, key, at }: Commit): void {
    const state: KeyState = { id: key.id, name: key.name, active: key.active };
    this.changes.push({ at, run, kind, key: state, before: this.#keys.get(key.id) });
    if (kind === 'deleted') this.#keys.delete(key.id);
    else this.#keys.set(key.id, state);
    this.note(at, run, () => `* ${kind} ${described(state)}`);
  }

  /** Adds a call that was just sent. */
  addCall(call: Call): void {
    this.calls.push(call);
    const { request } = call;
    const about = [request.key_id?.slice(0, 8), request.name, request.new_name];
    this.note(
      call.sentAt,
      `${call.run} ${call.half}`,
      () => `> ${call.rpc} ${about.filter((word) => word !== undefined).join(' ')}`,
    );
  }

  /** Adds a line for the reader of a failure; it is put together only when it is read. */
  note(at: number, who: string, text: () => string): void {
    this.#lines.push(() => `${(at / 1000).toFixed(3).padStart(9)} s  [${who}] ${text()}`);
  }

  /** What happened, one line each. Holds no value of a key. */
  lines(): readonly string[] {
    return this.#lines.map((line) => line());
  }
}

/** A key in a line of the history. */
export function described({ id, name, active }: KeyState): string {
  return `${id.slice(0, 8)} "${name}"${active ? '' : ' (inactive)'}`;
}
