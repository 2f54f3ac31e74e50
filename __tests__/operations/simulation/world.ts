import type { SecretReference } from '../../../src/core/ports.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { perform } from '../../../src/operations/index.ts';
import type { Outcome, Ports } from '../../../src/operations/operation.ts';
import type { Request } from '../../../src/operations/index.ts';
import type { IngestionBehaviour } from '../../../tools/emulator/ingestion/behaviour.ts';
import { Ingress } from '../../../tools/emulator/ingestion/ingress.ts';
import { KeyRing } from '../../../tools/emulator/ingestion/key-ring.ts';
import { createStore, type Store } from '../../../tools/emulator/store.ts';
import { Prng } from './prng.ts';
import { History } from './history.ts';
import type { Report } from './report.ts';
import { teamId, token } from './service.ts';
import { VirtualTime } from './virtual-time.ts';
import type { FaultSchedule } from './fault-schedule.ts';

/** What GitHub keeps; times in milliseconds since 1970. */
export interface GitHubState {
  secret: { readonly value: Secret; readonly updatedMs: number } | undefined;
  record: { readonly text: string; readonly updatedMs: number } | undefined;
}

/** What a world is like. */
export interface WorldOptions {
  readonly seed: string;
  readonly faults: FaultSchedule;
  /** Reads show what was so many milliseconds ago. Default 0. */
  readonly readLagMs?: number;
  /** Reads never carry a value. Default false. */
  readonly hideValues?: boolean;
  /** What runs; the action's operations by default. */
  readonly perform?: (request: Request, ports: Ports) => Promise<Outcome>;
  /** Breaks the operations on purpose, to see whether that is noticed. */
  readonly tamper?: (ports: Ports, run: string) => Ports;
}

/** The wall clock at the beginning. */
const epoch = Date.UTC(2026, 0, 31, 23, 59, 30);

/** The time, the service, and all that happened. */
export class World {
  readonly seed: string;
  readonly time = new VirtualTime();
  readonly history = new History();
  readonly store: Store;
  readonly readLagMs: number;
  /** In the order in which they started. */
  readonly reports: Report[] = [];
  readonly perform: (request: Request, ports: Ports) => Promise<Outcome>;
  readonly tamper: (ports: Ports, run: string) => Ports;
  /** May change while time passes. */
  faults: FaultSchedule;
  #acting = 'setting';

  /** The ingestion that the store's keys are for; how it behaves may change while time passes. */
  readonly ingress: Ingress;
  ingestionBehaviour: IngestionBehaviour = {};

  /** The secret that most of it is about, of the environment `production`, and the record beside it. */
  readonly github: GitHubState = { secret: undefined, record: undefined };
  readonly #places = new Map<string | undefined, GitHubState>([['production', this.github]]);

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.faults = options.faults;
    this.perform = options.perform ?? perform;
    this.tamper = options.tamper ?? ((ports) => ports);
    this.readLagMs = options.readLagMs ?? 0;
    const prng = new Prng(`${options.seed}/service`);
    this.store = createStore({
      now: () => this.time.now,
      readLagMs: this.readLagMs,
      discloseValues: (options.hideValues ?? false) ? 'on_create' : 'always',
      newId: () => prng.uuid(),
      newValue: () => `cxtp_${prng.digits(30)}`,
    });
    this.store.addCaller(token, { teamId, permissions: 'manage' });
    const ring = new KeyRing(this.store, () => this.time.now);
    this.ingress = new Ingress(ring, () => this.ingestionBehaviour);
    this.store.onCommit((commit) => {
      this.history.addChange(this.#acting, commit);
    });
  }

  /** What GitHub keeps for an environment: one secret, whatever its name. */
  placeOf({ environment }: Pick<SecretReference, 'environment'>): GitHubState {
    const found = this.#places.get(environment);
    if (found !== undefined) return found;
    const made: GitHubState = { secret: undefined, record: undefined };
    this.#places.set(environment, made);
    return made;
  }

  /** The wall clock, as somebody sees it whose clock is off by so many milliseconds. */
  wallClock(skewMs = 0): number {
    return epoch + this.time.now + skewMs;
  }

  /** Does something in a run's name, so that the history tells who did it. */
  actingAs<T>(run: string, act: () => T): T {
    this.#acting = run;
    try {
      return act();
    } finally {
      this.#acting = 'setting';
    }
  }

  /**
   * Has keys made long before anybody else comes.
   *
   * @returns their ids
   */
  async plant(
    keys: readonly { readonly name: string; readonly active?: boolean }[],
  ): Promise<readonly string[]> {
    const ids = keys.map(
      ({ name }) =>
        this.store.create(token, {
          name,
          owner: { kind: 'team', teamId },
          presets: ['SendData'],
          permissions: [],
          hashed: false,
        }).keyId,
    );
    await this.pass(this.readLagMs);
    keys.forEach(({ active = true }, index) => {
      const keyId = ids[index];
      if (!active && keyId !== undefined) this.store.update(token, { keyId, isActive: false });
    });
    await this.pass(this.readLagMs);
    return ids;
  }

  /** Lets so much time pass, and whatever happens in it. */
  async pass(milliseconds: number): Promise<void> {
    this.time.after(milliseconds, () => undefined);
    await this.time.run();
  }
}
