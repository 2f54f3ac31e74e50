import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import protobuf from 'protobufjs';
import { describeFile } from '../../../tools/emulator/file-descriptor.ts';
import { compiled, fileSet, readable } from './compiler.ts';

/** Whatever the service's own file lacks, and a later one may have. */
const source = `syntax = "proto3";
package example.described;

message Mixed {
  optional string first_field = 1;
  oneof written {
    Kind kind = 2;
    Inner inner = 3;
  }
  optional int64 odd__name_ = 4;
  oneof _one { bool one = 5; }
  map<string, Inner> inner_by_name = 6;
  map<int32, Kind> kinds = 7;
  repeated double numbers = 8;
  optional Inner again = 9;

  message Inner {
    bytes content = 1;
    Deeper deeper = 2;
    message Deeper { Mixed back = 1; }
  }
  enum Kind { KIND_UNSPECIFIED = 0; KIND_ONE = 1; }
}

enum Level { LEVEL_LOW = 0; LEVEL_HIGH = 7; }

service Streams {
  rpc Both(stream Mixed) returns (stream Mixed.Inner);
  rpc One(Mixed) returns (Mixed);
}
`;

test('a file is described as a compiler describes it, byte for byte', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'described-'));
  const file = path.join(folder, 'example.proto');
  await writeFile(file, source);
  const root = new protobuf.Root().loadSync(file, { keepCase: true });
  const described = fileSet([describeFile(root, 'example.proto', 'example.described')]);
  const wanted = await compiled(folder);
  expect(readable(described)).toEqual(readable(wanted));
  expect(described.equals(wanted)).toBe(true);
  await rm(folder, { recursive: true, force: true });
});
