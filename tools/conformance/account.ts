import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteKeys, namePrefix, type CleanUp } from './clean-up.ts';
import type { Answer, Client } from './client.ts';
import type { Ingestion } from './ingestion.ts';
import type { CreateRequest, KeyInfo, Requests, Rpc } from './messages.ts';
import type { Secret } from './secret.ts';
import type { Target } from './target.ts';
import { Undetermined } from './undetermined.ts';
import { waitUntil, type Waited } from './wait.ts';

/** No more of its keys are there at a time. */
export const mostKeys = 5;

/** Says nothing about an assumption: the service, or what lies before it, was in trouble. */
const passing: readonly string[] = [
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'CANCELLED',
];

/** Pauses before a call is made again that met such trouble, in milliseconds. */
const pauses: readonly number[] = [1000, 4000];

/** A key that a probe made. */
export interface MadeKey {
  readonly id: string;
  readonly name: string;
  readonly value: Secret | undefined;
}

/** What to make: a Send-Your-Data key of the team, but for what is given. */
export type KeyShape = Partial<Omit<CreateRequest, 'key_permissions'>> &
  Partial<CreateRequest['key_permissions']>;

/**
 * The caller's account, as a probe uses it: every key that it makes bears the run's prefix, is known, and
 * is deleted; every wait is bounded; trouble that passes is no answer.
 */
export class Account {
  readonly target: Target;
  /** Where its keys send to; undefined when that is not known. */
  readonly ingestion: Ingestion | undefined;
  readonly #client: Client;
  readonly #prefix: string;
  readonly #signal: AbortSignal;
  /** Names, by id, of those that are there. */
  readonly #keys = new Map<string, string>();
  /** Names of those that may be there: the answer was lost. */
  readonly #lost = new Set<string>();

  /**
   * @param services what it is asked over; the ingestion is undefined when nobody knows where it is
   * @param run      stands in the name of each key
   * @param signal   ends everything but {@link cleanUp}
   */
  constructor(
    target: Target,
    { client, ingestion }: { readonly client: Client; readonly ingestion: Ingestion | undefined },
    run: string,
    signal: AbortSignal,
  ) {
    this.target = target;
    this.ingestion = ingestion;
    this.#client = client;
    this.#prefix = `${namePrefix}${run}/`;
    this.#signal = signal;
  }

  /** A name that no other key has. */
  freshName(suffix = ''): string {
    return `${this.#prefix}${randomUUID().slice(0, 8)}${suffix}`;
  }

  /**
   * Makes a call; again, where that does no harm, if it met trouble that passes.
   *
   * @throws {@link Undetermined} when the trouble lasts
   */
  async ask<R extends Rpc>(rpc: R, request: Requests[R], token?: string): Promise<Answer<R>> {
    for (const pause of [...pauses, undefined]) {
      this.#signal.throwIfAborted();
      const options = token === undefined ? {} : { token };
      const answer = await this.#client.call(rpc, request, { ...options, signal: this.#signal });
      this.#signal.throwIfAborted();
      if (!passing.includes(answer.status)) return answer;
      // One whose answer is lost may have made a key: it is looked for by its name when the run ends.
      if (
        pause === undefined ||
        (rpc === 'CreateApiKey' && answer.status !== 'RESOURCE_EXHAUSTED')
      ) {
        throw new Undetermined(`${rpc} ended with ${answer.status}`);
      }
      await sleep(pause, undefined, { signal: this.#signal });
    }
    throw new Undetermined(`${rpc} gave no answer`);
  }

  /** Tries to make a key, and keeps in mind that it is there if the service says so. */
  async tryCreate(shape: KeyShape = {}, token?: string): Promise<Answer<'CreateApiKey'>> {
    if (this.#keys.size >= mostKeys) {
      throw new Undetermined(`${mostKeys} keys are there already, and not to be deleted`);
    }
    const { presets = ['SendData'], permissions = [], ...rest } = shape;
    const request: CreateRequest = {
      name: this.freshName(),
      owner: { team_id: this.target.teamId },
      hashed: false,
      ...rest,
      key_permissions: { presets, permissions },
    };
    this.#lost.add(request.name);
    const answer = await this.ask('CreateApiKey', request, token);
    this.#lost.delete(request.name);
    if (answer.reply !== undefined) this.#keys.set(answer.reply.key_id, request.name);
    return answer;
  }

  /** Makes a key for a probe that is about something else. */
  async create(shape: KeyShape = {}): Promise<MadeKey> {
    const name = shape.name ?? this.freshName();
    const answer = await this.tryCreate({ ...shape, name });
    if (answer.reply === undefined) {
      throw new Undetermined(
        `the key for it could not be made: ${answer.status}, ${answer.details}`,
      );
    }
    return { id: answer.reply.key_id, name, value: answer.reply.value };
  }

  /** Changes a key for a probe that is about what comes then. */
  async update(id: string, change: Omit<Requests['UpdateApiKey'], 'key_id'>): Promise<void> {
    // The service may not know a new key yet.
    const status = await this.#lastStatus(() =>
      this.ask('UpdateApiKey', { key_id: id, ...change }),
    );
    if (status !== 'OK') throw new Undetermined(`the key for it could not be changed: ${status}`);
  }

  /** Deletes a key for a probe that is about what comes then. */
  async delete(id: string): Promise<void> {
    const status = await this.#lastStatus(() => this.ask('DeleteApiKey', { key_id: id }));
    if (status !== 'OK') throw new Undetermined(`the key for it could not be deleted: ${status}`);
    this.#keys.delete(id);
  }

  /**
   * A key as Get tells it: once it does, and once it fits.
   *
   * @param fits true of what is waited for; if it never comes, the last that was told is returned
   * @throws {@link Undetermined} when Get tells nothing to the end
   */
  async get(id: string, fits: (key: KeyInfo) => boolean = () => true): Promise<KeyInfo> {
    let told: KeyInfo | undefined;
    let status = '';
    await this.waitUntil(async () => {
      const answer = await this.ask('GetApiKey', { key_id: id });
      status = answer.status;
      told = answer.reply?.key_info ?? undefined;
      return told !== undefined && fits(told);
    });
    if (told === undefined) throw new Undetermined(`Get does not tell the key: ${status}`);
    return told;
  }

  /**
   * All keys that List tells of.
   *
   * @throws {@link Undetermined} when it cannot be read
   */
  async list(token?: string): Promise<readonly KeyInfo[]> {
    const answer = await this.ask('GetSendDataApiKeys', {}, token);
    if (answer.reply === undefined) throw new Undetermined(`List ended with ${answer.status}`);
    if (answer.reply.keys.some(({ id }) => id === '')) {
      throw new Undetermined('List tells of keys without an id');
    }
    return answer.reply.keys;
  }

  /** A key as List tells it, as {@link get} does; undefined when List does not tell of it to the end. */
  async entry(
    id: string,
    fits: (key: KeyInfo) => boolean = () => true,
  ): Promise<KeyInfo | undefined> {
    let told: KeyInfo | undefined;
    await this.waitUntil(async () => {
      told = (await this.list()).find((key) => key.id === id);
      return told !== undefined && fits(told);
    });
    return told;
  }

  /** Waits as long as a read may lag. */
  waitUntil(look: () => Promise<boolean>): Promise<Waited> {
    return waitUntil(look, this.target.waitMs, this.#signal);
  }

  /** Deletes what the last probe has made. */
  async release(): Promise<void> {
    for (const id of this.#keys.keys()) {
      const { status } = await this.ask('DeleteApiKey', { key_id: id });
      if (status === 'OK') this.#keys.delete(id);
    }
    if (this.#keys.size === 0) return;
    // A write, too, may not know a new key yet.
    await this.waitUntil(async () => {
      for (const id of this.#keys.keys()) {
        const { status } = await this.ask('DeleteApiKey', { key_id: id });
        if (status === 'OK') this.#keys.delete(id);
      }
      return this.#keys.size === 0;
    });
  }

  /** Deletes all that the run has made and not deleted, also after it was ended early. */
  cleanUp(): Promise<CleanUp> {
    return deleteKeys(this.#client, {
      prefix: this.#prefix,
      known: this.#keys,
      lost: this.#lost,
      waitMs: this.target.waitMs,
    });
  }

  async #lastStatus(call: () => Promise<{ readonly status: string }>): Promise<string> {
    let status = '';
    await this.waitUntil(async () => {
      ({ status } = await call());
      return status !== 'NOT_FOUND';
    });
    return status;
  }
}
