import { fromJSON, type PackageDefinition } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import protobuf from 'protobufjs';

/** The health service's full name. */
const healthServiceName = 'grpc.health.v1.Health';

/**
 * The health service as reflection describes it: without its List, which returns a map. protobufjs
 * describes maps in a way that strict clients refuse, and with them the whole file.
 */
export function describeHealth(): PackageDefinition {
  const root = protobuf.loadSync(protoPath);
  const list = [
    root.lookupService(healthServiceName).methods['List'],
    root.lookup('grpc.health.v1.HealthListRequest'),
    root.lookup('grpc.health.v1.HealthListResponse'),
  ];
  for (const part of list) part?.parent?.remove(part);
  return fromJSON(root.toJSON());
}
