import type { Fault, FaultRule } from './faults.ts';
import type { RpcName } from './rpc.ts';

interface Armed {
  readonly rule: FaultRule;
  readonly chance: () => number;
  timesLeft: number;
  skipLeft: number;
}

/** The faults to come, in the order in which they were injected. */
export class FaultTable {
  #armed: Armed[] = [];

  /** Adds a rule behind those that are there. */
  inject(rule: FaultRule): void {
    this.#armed.push({
      rule,
      chance: sequence(rule.seed ?? 1),
      timesLeft: rule.times ?? 1,
      skipLeft: rule.skip ?? 0,
    });
  }

  /** Forgets all rules. */
  clear(): void {
    this.#armed = [];
  }

  /**
   * The fault that the next call meets: that of the first rule that is about this RPC, has times
   * left, and lets the call through neither by `skip` nor by chance. A rule sees only the calls
   * that the rules before it let through.
   */
  take(rpc: RpcName): Fault | undefined {
    for (const armed of this.#armed) {
      const about = armed.rule.rpc ?? '*';
      if ((about !== '*' && about !== rpc) || armed.timesLeft <= 0) continue;
      if (armed.skipLeft > 0) {
        armed.skipLeft -= 1;
        continue;
      }
      if (armed.chance() >= (armed.rule.probability ?? 1)) continue;
      armed.timesLeft -= 1;
      return armed.rule.fault;
    }
    return undefined;
  }
}

/** Numbers from 0 to below 1 that look like chance and are the same for the same seed (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
