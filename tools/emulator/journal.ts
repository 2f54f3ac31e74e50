import type { RpcName } from './rpc.ts';

/** A call that reached the emulator. */
export interface Call {
  readonly rpc: RpcName;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** The caller's address and port. */
  readonly peer: string;
  /** Whose token it was sent with: its name among the emulator's tokens, `unknown`, or `nobody` without one. */
  readonly caller: string;
  /** Which of the accepted connections it came on, from 1. */
  readonly connection: number;
  /** The request's headers; the credential in `authorization` is left out. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The request as on the wire, snake_case. Undefined until it has arrived whole, or if it is none. */
  readonly request: object | undefined;
  /** The name of the fault that it met, or else of the status that it was answered with. */
  readonly outcome: string;
  /** Whether the store did what was asked, whatever the caller was then told. */
  readonly committed: boolean;
}

/** A call while it is being answered. */
export type OpenCall = { -readonly [Property in keyof Call]: Call[Property] };

/** What happened at the emulator, for tests to count. */
export class Journal {
  #calls: OpenCall[] = [];
  #connections = 0;
  readonly #listeners = new Set<(call: Call) => void>();

  /** All calls so far, in the order of arrival. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** How many connections were accepted so far, also those on which nothing was asked. */
  get connections(): number {
    return this.#connections;
  }

  /** How many calls of an RPC arrived; of all RPCs when none is named. */
  attempts(rpc?: RpcName): number {
    return this.#calls.filter((call) => rpc === undefined || call.rpc === rpc).length;
  }

  /** How many calls of an RPC the store carried out; of all RPCs when none is named. */
  commits(rpc?: RpcName): number {
    return this.#calls.filter((call) => call.committed && (rpc === undefined || call.rpc === rpc))
      .length;
  }

  /** Forgets all calls, and starts to count connections from 0 again. */
  clear(): void {
    this.#calls = [];
    this.#connections = 0;
  }

  /**
   * Tells of every call when the emulator is done with the store and before the caller is answered.
   *
   * @returns a function that ends it
   */
  onCall(listener: (call: Call) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** For the emulator: a connection was accepted. Returns its number. */
  connected(): number {
    this.#connections += 1;
    return this.#connections;
  }

  /** For the emulator: a call arrived. */
  open(call: Omit<Call, 'request' | 'outcome' | 'committed'>): OpenCall {
    const open: OpenCall = { ...call, request: undefined, outcome: 'pending', committed: false };
    this.#calls.push(open);
    return open;
  }

  /** For the emulator: what is to come of the call is known. */
  settle(call: Call): void {
    for (const listener of this.#listeners) listener(call);
  }
}
