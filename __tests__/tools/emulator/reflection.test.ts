import { createRequire } from 'node:module';
import path from 'node:path';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { describe, expect, test } from '@jest/globals';
import { protoPath as healthProtoPath } from 'grpc-health-check';
import type { Emulator } from '../../../tools/emulator/index.ts';
import { serviceName } from '../../../tools/emulator/rpc.ts';
import { compiled, fileSet, readable } from './compiler.ts';
import { started } from './started.ts';

const { resolve } = createRequire(import.meta.url);
const healthFolder = path.resolve(path.dirname(healthProtoPath), '../../..');

/** A `FileDescriptorSet` of what reflection says of the file that declares a symbol. */
async function reflected(
  emulator: Emulator,
  version: 'v1' | 'v1alpha',
  symbol: string,
): Promise<Buffer> {
  const protoFile = `grpc/reflection/${version}/reflection.proto`;
  const definition = loadSync(
    path.join(path.dirname(resolve('@grpc/reflection')), '../proto', protoFile),
    { keepCase: true },
  )[`grpc.reflection.${version}.ServerReflection`] as grpc.ServiceDefinition;
  const method = definition['ServerReflectionInfo'];
  if (method === undefined) throw new Error('no such RPC');
  const client = new grpc.Client(
    new URL(emulator.endpoint).host,
    grpc.credentials.createSsl(Buffer.from(emulator.caCertificate)),
  );
  const stream = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
  );
  stream.write({ file_containing_symbol: symbol });
  stream.end();
  const files: Buffer[] = [];
  for await (const reply of stream as AsyncIterable<Reply>) {
    files.push(...(reply.file_descriptor_response?.file_descriptor_proto ?? []));
  }
  client.close();
  return fileSet(files);
}

interface Reply {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] } | null;
}

describe.each(['v1', 'v1alpha'] as const)('reflection %s', (version) => {
  test('tells of the service what a compiler tells of its file, byte for byte', async () => {
    const emulator = await started();
    const [told, wanted] = [
      await reflected(emulator, version, serviceName),
      await compiled('proto'),
    ];
    expect(readable(told)).toEqual(readable(wanted));
    expect(told.equals(wanted)).toBe(true);
  });

  test('tells of health what a compiler tells, maps and all', async () => {
    const emulator = await started();
    const told = await reflected(emulator, version, 'grpc.health.v1.Health');
    const wanted = readable(await compiled(healthFolder)).file[0];
    // The package has the file in another folder than gRPC's own repository, which clients know.
    const name = 'grpc/health/v1/health.proto';
    expect(readable(told)).toEqual({ file: [{ ...wanted, name }] });
  });
});
