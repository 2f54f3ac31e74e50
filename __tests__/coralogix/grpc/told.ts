import { randomUUID } from 'node:crypto';
import { createKeys } from '../../../src/coralogix/keys.ts';
import { openChannel } from '../../../src/coralogix/grpc/channel.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Keys } from '../../../src/core/ports.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Proxy } from '../../../src/network/proxy.ts';
import { startEmulator } from '../../../tools/emulator/index.ts';
import { chance } from '../virtual-time.ts';
import { situations } from './situations/index.ts';
import type { Situation } from './situations/situation.ts';

/** Real trouble, and what the reader is told of it. Whoever uses this calls {@link endAll} after each. */

const ends: (() => Promise<void> | void)[] = [];

/** Something to be called by {@link endAll}. */
export function atEnd(end: () => Promise<void> | void): void {
  ends.push(end);
}

/** Takes all down that was made. */
export async function endAll(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end();
  // The channel leaves them behind, as the process that it is made for ends soon.
  delete process.env['grpc_proxy'];
  delete process.env['no_grpc_proxy'];
}

/**
 * Makes a situation.
 *
 * @param name a row of `situations/`
 */
export async function arranged(name: string): Promise<Situation> {
  const emulator = await startEmulator({ tls: 'plain' });
  ends.push(() => emulator.stop());
  const row = situations[name];
  if (row === undefined) throw new Error(`There is no situation ${name}.`);
  return row.arrange({ emulator, cleanUp: (end) => ends.push(end) });
}

function proxyOf({ proxy }: Situation): Proxy | undefined {
  if (proxy === undefined) return undefined;
  const { hostname, port } = new URL(proxy);
  return { host: hostname, port: Number(port), credentials: undefined, variable: 'https_proxy' };
}

/** How a call is made. */
export interface How {
  /** Whether it may go out before the host has said a word. */
  readonly allowEarlyRequest?: boolean;
  readonly apiKey?: string;
  /** A list of the keys by default. */
  readonly call?: (keys: Keys) => Promise<unknown>;
  /** Of real time, for all attempts together, in milliseconds; else it never ends. */
  readonly budgetMs?: number;
}

/** What a call fails with there; the waits between its attempts take no time. */
export async function failureIn(situation: Situation, how: How = {}): Promise<Failure> {
  const { allowEarlyRequest = false, apiKey = 'none', call = (keys: Keys) => keys.list() } = how;
  const until = how.budgetMs === undefined ? undefined : performance.now() + how.budgetMs;
  const [host = '', port] = situation.target.split(':');
  const { ca } = situation;
  const channel = openChannel({
    endpoint: { host, port: Number(port), secure: ca !== undefined, loopback: true },
    proxy: proxyOf(situation),
    extraCertificates: ca === '' ? undefined : ca,
    apiKey: new Secret(apiKey),
    correlationId: randomUUID(),
    allowEarlyRequest,
  });
  ends.push(() => {
    channel.close();
  });
  let elapsed = 0;
  const keys = createKeys({
    transport: channel,
    clock: {
      now: () => elapsed,
      elapsed: () => elapsed,
      sleep: (milliseconds) => {
        elapsed += milliseconds;
        return Promise.resolve();
      },
    },
    random: chance(),
    budget: {
      remaining: () => (until === undefined ? 20_000 : until - performance.now()),
      useReserve: () => undefined,
    },
    mask: () => undefined,
    destination: {
      authority: 'HOST',
      proxy: situation.proxy === undefined ? undefined : 'PROXY',
      correlationId: 'ID',
    },
  });
  const thrown: unknown = await call(keys).catch((error: unknown) => error);
  if (thrown instanceof Failure) return thrown;
  throw new Error('The call did not fail.');
}
