import type grpc from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as healthProtoPath } from 'grpc-health-check';
import protobuf from 'protobufjs';
import { describeFile } from './file-descriptor.ts';

/** A file that reflection tells of. */
interface DescribedFile {
  readonly path: string;
  /** As a compiler would call it: relative to the folder that imports begin at. */
  readonly name: string;
  readonly package: string;
}

/**
 * Adds server reflection, v1 and v1alpha, to a server: for the given file and for the health service.
 *
 * @param server on no port yet
 * @param file   what is served besides health
 */
export function addReflection(server: grpc.Server, file: DescribedFile): void {
  const health = {
    path: healthProtoPath,
    name: 'grpc/health/v1/health.proto',
    package: 'grpc.health.v1',
  };
  const described: PackageDefinition = {};
  for (const { path, name, package: package_ } of [file, health]) {
    const root = new protobuf.Root().loadSync(path, { keepCase: true });
    // The service looks at the files in these definitions, and at nothing else.
    const fileDescriptorProtos = [describeFile(root, name, package_)];
    const format = 'Protocol Buffer 3 EnumDescriptorProto';
    described[name] = { format, type: {}, fileDescriptorProtos };
  }
  new ReflectionService(described).addToServer(server);
}
