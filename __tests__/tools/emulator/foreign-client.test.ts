import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../../tools/emulator/index.ts';
import { serviceName, type RpcName } from '../../../tools/emulator/rpc.ts';
import { buf } from '../../support/buf.ts';

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator();
  folder = await mkdtemp(path.join(tmpdir(), 'foreign-client-'));
  await writeFile(path.join(folder, 'ca.pem'), emulator.caCertificate);
});

afterAll(async () => {
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `buf curl`, which knows of the service only what reflection tells it. */
async function bufCurl(args: readonly string[]): Promise<string> {
  const tls = ['--protocol', 'grpc', '--cacert', path.join(folder, 'ca.pem')];
  return String(await buf(['curl', ...tls, ...args]));
}

/** Calls an RPC with JSON, as the vendor's document does it. */
async function call(rpc: RpcName, json: string): Promise<Record<string, unknown>> {
  const authorization = `Authorization: Bearer ${emulator.tokens.admin}`;
  const url = `${emulator.endpoint}/${serviceName}/${rpc}`;
  const reply = await bufCurl(['-H', authorization, '-d', json, url]);
  return JSON.parse(reply) as Record<string, unknown>;
}

describe('a gRPC client of somebody else', () => {
  test.each(['grpc-v1', 'grpc-v1alpha'])(
    'lists the services by reflection, %s',
    async (version) => {
      const output = await bufCurl([
        '--reflect-protocol',
        version,
        '--list-services',
        emulator.endpoint,
      ]);
      expect(output.trim().split(/\r?\n/u).toSorted()).toEqual([
        serviceName,
        'grpc.health.v1.Health',
      ]);
    },
  );

  test('lists the methods by reflection', async () => {
    const output = await bufCurl(['--list-methods', emulator.endpoint]);
    expect(output.trim().split(/\r?\n/u)).toEqual(
      expect.arrayContaining([
        `${serviceName}/CreateApiKey`,
        `${serviceName}/DeleteApiKey`,
        `${serviceName}/GetApiKey`,
        `${serviceName}/GetSendDataApiKeys`,
        `${serviceName}/UpdateApiKey`,
      ]),
    );
  });

  test('checks the health, of the server and of the service', async () => {
    for (const service of ['', serviceName]) {
      const url = `${emulator.endpoint}/grpc.health.v1.Health/Check`;
      const output = await bufCurl(['-d', JSON.stringify({ service }), url]);
      expect(JSON.parse(output)).toEqual({ status: 'SERVING' });
    }
  });

  test('calls all five RPCs with the JSON of the vendor’s document', async () => {
    // As documented, but for the team's number, which is 000000 there, and the ids.
    const { key_id, keyId, value, ...made } = await call(
      'CreateApiKey',
      `{
        "name": "my-api-key",
        "key_permissions": {
          "presets": [
                  "SendData"
              ]
        },
        "owner": {
          "team_id": ${emulator.teamId}
        },
        "hashed": false
      }`,
    );
    const id = String(keyId ?? key_id);
    expect(made).toEqual({ name: 'my-api-key' });
    expect(emulator.store.keys()[0]?.value === value).toBe(true);

    const update = `{
        "key_id": "${id}",
        "is_active": false,
        "new_name": "Some new name"
      }`;
    expect(await call('UpdateApiKey', update)).toEqual({});

    // In the protobuf's JSON form a false and an empty list are left out.
    const key = {
      id,
      name: 'Some new name',
      owner: { teamId: emulator.teamId },
      keyPermissions: {
        presets: [
          {
            permissions: [
              'cloud-metadata-ingress:SendData',
              'logs.data-ingress:SendData',
              'metrics.data-ingress:SendData',
              'spans.data-ingress:SendData',
              'contextual-data:SendData',
            ],
            name: 'SendData',
          },
        ],
      },
    };
    expect(await call('GetApiKey', `{ "key_id": "${id}" }`)).toEqual({ keyInfo: key });
    expect(await call('GetSendDataApiKeys', '{}')).toEqual({ keys: [key] });
    expect(await call('DeleteApiKey', `{ "key_id": "${id}" }`)).toEqual({});
    expect(emulator.store.keys()).toEqual([]);
  });

  test('tells an absent field from a false one, as reflection describes them', async () => {
    const [seeded] = emulator.store.seed(1, 'key-', { teamId: emulator.teamId });
    await call('UpdateApiKey', `{ "key_id": "${seeded?.id ?? ''}", "new_name": "b" }`);
    expect(emulator.store.keys()).toMatchObject([{ name: 'b', active: true }]);
    await call('UpdateApiKey', `{ "key_id": "${seeded?.id ?? ''}", "is_active": false }`);
    expect(emulator.store.keys()).toMatchObject([{ name: 'b', active: false }]);
  });

  test('is told what is wrong', async () => {
    const url = `${emulator.endpoint}/${serviceName}/GetSendDataApiKeys`;
    await expect(bufCurl(['-H', 'Authorization: Bearer nobody', url])).rejects.toMatchObject({
      stderr: expect.stringContaining('"code": "unauthenticated"') as unknown,
    });
  });
});
