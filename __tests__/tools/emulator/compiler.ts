import descriptor from 'protobufjs/ext/descriptor/index.js';
import { buf } from '../../support/buf.ts';

const { FileDescriptorSet, FileDescriptorProto } = descriptor;

/**
 * What a compiler, which shares nothing with the emulator, makes of a folder of `.proto` files.
 *
 * @returns a `FileDescriptorSet`
 */
export function compiled(folder: string): Promise<Buffer> {
  return buf(['build', folder, '-o', '-', '--as-file-descriptor-set', '--exclude-source-info']);
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
