import { connectIngestion, type ConnectedIngestion } from '../../src/coralogix/ingestion.ts';
import type { Budget, Clock, IngestionAnswer } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import type { IngestionConnection } from '../../src/network/connection.ts';
import { startEmulator, type Emulator, type EmulatorOptions } from '../../tools/emulator/index.ts';
import { newKey } from '../tools/emulator/ingestion/sender.ts';
import { atEnd } from './grpc/told.ts';

/** A real ingestion, and the product's own client of it. Whoever uses this calls `endAll` after each. */

/** Waits take no time: each only moves what the clock says. */
export class HurriedClock implements Clock {
  /** How often somebody has waited. */
  waits = 0;
  #elapsed = 0;

  now(): number {
    return this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  sleep(milliseconds: number): Promise<void> {
    this.waits += 1;
    this.#elapsed += milliseconds;
    return Promise.resolve();
  }

  /** So much time from now, of the kind that {@link sleep} takes. */
  budget(milliseconds: number): Pick<Budget, 'remaining'> {
    const end = this.#elapsed + milliseconds;
    return { remaining: () => end - this.#elapsed };
  }
}

/** So many milliseconds of real time. */
export function realBudget(milliseconds: number): Pick<Budget, 'remaining'> {
  const end = performance.now() + milliseconds;
  return { remaining: () => end - performance.now() };
}

/** An ingestion, a key that was made there, and a connection. */
export interface Setting {
  readonly emulator: Emulator;
  readonly keyId: string;
  readonly value: Secret;
  readonly ingestion: ConnectedIngestion;
  readonly clock: HurriedClock;
  /** Tries a key, by default the one that was made. */
  readonly ask: (value?: Secret) => Promise<IngestionAnswer>;
}

/**
 * Starts the emulator, makes a key and connects to the ingestion.
 *
 * @param options how the emulator is
 * @param change  what differs in the way to its ingestion
 */
export async function connected(
  options: EmulatorOptions = {},
  change: (emulator: Emulator) => Partial<IngestionConnection> = () => ({}),
): Promise<Setting> {
  const emulator = await startEmulator(options);
  atEnd(() => emulator.stop());
  const { keyId, value: text } = newKey(emulator);
  const value = new Secret(text);
  const { protocol, hostname, port } = new URL(emulator.ingestion.endpoint);
  const clock = new HurriedClock();
  const ingestion = await ingestionAt(
    {
      endpoint: {
        host: hostname,
        port: Number(port),
        secure: protocol === 'https:',
        loopback: true,
      },
      proxy: undefined,
      extraCertificates: emulator.caCertificate,
      placedBy: '`ingestion_endpoint`',
      ...change(emulator),
    },
    clock,
  );
  const ask = (tried = value): Promise<IngestionAnswer> =>
    ingestion.tryKey(tried, clock.budget(20_000));
  return { emulator, keyId, value, ingestion, clock, ask };
}

/** Connects to an ingestion. */
export async function ingestionAt(
  connection: IngestionConnection,
  clock: Clock,
): Promise<ConnectedIngestion> {
  const ingestion = await connectIngestion(connection, clock, () => undefined);
  atEnd(() => {
    ingestion.close();
  });
  return ingestion;
}
