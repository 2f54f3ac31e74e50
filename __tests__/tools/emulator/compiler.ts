import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import descriptor from 'protobufjs/ext/descriptor/index.js';

const { FileDescriptorSet, FileDescriptorProto } = descriptor;
// The launcher of the package, run by Node itself: on Windows a file in .bin would need a shell.
const buf = createRequire(import.meta.url).resolve('@bufbuild/buf/bin/buf');

/**
 * What a compiler, which shares nothing with the emulator, makes of a folder of `.proto` files.
 *
 * @returns a `FileDescriptorSet`
 */
export async function compiled(folder: string): Promise<Buffer> {
  const output = ['-o', '-', '--as-file-descriptor-set', '--exclude-source-info'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [buf, 'build', folder, ...output],
    { encoding: 'buffer' },
  );
  return stdout;
}

/** A `FileDescriptorSet` of files. */
export function fileSet(files: readonly Buffer[]): Buffer {
  const set = { file: files.map((file) => FileDescriptorProto.decode(file)) };
  return Buffer.from(FileDescriptorSet.encode(set).finish());
}

/** A `FileDescriptorSet` to read, without a file's options: they are about the code to generate. */
export function readable(set: Buffer): { readonly file: readonly object[] } {
  const read = FileDescriptorSet.toObject(FileDescriptorSet.decode(set), { enums: String });
  const { file } = JSON.parse(JSON.stringify(read)) as { file: Record<string, unknown>[] };
  for (const each of file) delete each['options'];
  return { file };
}
