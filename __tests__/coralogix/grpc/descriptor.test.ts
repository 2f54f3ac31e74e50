import { expect, test } from '@jest/globals';
import protobuf from 'protobufjs';
import { descriptor } from '../../../src/coralogix/grpc/descriptor.generated.ts';

const proto = 'proto/com/coralogixapis/aaa/apikeys/v3/api_keys.proto';

test('the generated descriptor is what the proto gives', async () => {
  const root = await new protobuf.Root().load(proto, { keepCase: true });
  root.resolveAll();
  // As text, so that the order and the absence of fields count, too.
  expect(JSON.stringify(descriptor)).toBe(JSON.stringify(root.toJSON({ keepComments: false })));
});
