import { Root, Type } from 'protobufjs';

/**
 * Stands in for `protobufjs/ext/descriptor` in the bundle. proto-loader describes every message a
 * second time, in bytes, for servers that offer reflection. A client never reads that, and making it
 * took a quarter of the step's start. What is here answers proto-loader with nothing.
 *
 * The bundler puts it in place (see `scripts/build.mjs`); the emulator, which does offer reflection,
 * runs on the real one.
 */

interface Describable {
  toDescriptor: (version: string) => unknown;
}

(Root.prototype as unknown as Describable).toDescriptor = () => ({ file: [] });
(Type.prototype as unknown as Describable).toDescriptor = () => ({
  $type: { toObject: () => ({}) },
});

/** Never called, as there is no file to encode. */
export const FileDescriptorProto = {
  encode: (): never => {
    throw new Error('The bundle has no descriptors.');
  },
};
