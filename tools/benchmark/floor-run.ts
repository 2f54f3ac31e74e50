import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { beside } from './beside.ts';
import type { EmulatorProcess } from './emulator-process.ts';
import { measureNode, type Measured } from './measure.ts';

// The same two levels up from tools/benchmark and from build/benchmark.
const protoPath = fileURLToPath(
  new URL('../../proto/com/coralogixapis/aaa/apikeys/v3/api_keys.proto', import.meta.url),
);

/**
 * Runs the raw client once.
 *
 * @param emulator whom it calls
 * @param roots    whom it trusts: the emulator's CA only, or the usual ones besides
 * @throws Error when its call fails
 */
export async function measureFloor(
  emulator: EmulatorProcess,
  roots: 'only' | 'usual',
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'floor-'));
  try {
    return await measureNode([beside('floor')], {
      FLOOR_CA: emulator.caFile,
      FLOOR_ENDPOINT: emulator.endpoint,
      FLOOR_OUTPUT: join(folder, 'output'),
      FLOOR_REQUEST: createRequest(emulator.teamId).toString('base64'),
      FLOOR_ROOTS: roots,
      FLOOR_TOKEN: emulator.token,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The message that the action sends, in gRPC's frame: not compressed, and its length. */
function createRequest(teamId: number): Buffer {
  const service = loadSync(protoPath, { keepCase: true })[
    'com.coralogixapis.aaa.apikeys.v3.ApiKeysService'
  ] as Readonly<Record<string, MethodDefinition<object, object>>> | undefined;
  const method = service?.['CreateApiKey'];
  if (method === undefined) throw new Error(`${protoPath} has no CreateApiKey.`);
  const message = method.requestSerialize({
    name: 'bench/floor',
    owner: { team_id: teamId },
    key_permissions: { presets: ['SendData'] },
    hashed: false,
  });
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
