import { afterEach } from '@jest/globals';
import {
  startEmulator,
  type Emulator,
  type EmulatorOptions,
} from '../../../tools/emulator/index.ts';
import { connect, type PlainClient } from './client.ts';

const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Starts an emulator that ends with the test. */
export async function started(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  ends.push(() => emulator.stop());
  return emulator;
}

/** Connects a client that ends with the test. */
export function connected(emulator: Emulator, ca?: string): PlainClient {
  const client = connect(emulator, ca);
  ends.unshift(() => {
    client.close();
  });
  return client;
}
