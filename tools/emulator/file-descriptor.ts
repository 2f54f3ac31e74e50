import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';

/**
 * Describes a `.proto` file (proto3) as a compiler would: a `google.protobuf.FileDescriptorProto`.
 *
 * protobufjs has a `toDescriptor` of its own. It leaves out `json_name` and `proto3_optional`, gives
 * relative type names and calls map entries by other names than the specification wants, so strict
 * clients cannot tell an absent field from an empty one, or refuse the file. The rules that are followed
 * here: https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto and, for
 * `optional`, https://github.com/protocolbuffers/protobuf/blob/main/docs/implementing_proto3_presence.md
 *
 * @param root     what protobufjs made of the file, which imports no other
 * @param name     the file's name, relative to the folder that imports begin at
 * @param package_ the file's package
 */
export function describeFile(root: protobuf.Root, name: string, package_: string): Buffer {
  const space = root.lookup(package_);
  if (!(space instanceof protobuf.Namespace))
    throw new Error(`${name} has no package ${package_}.`);
  root.resolveAll();
  const parts = space.nestedArray;
  const file = {
    name,
    package: package_,
    syntax: 'proto3',
    messageType: parts.filter((part) => part instanceof protobuf.Type).map(describeMessage),
    enumType: parts.filter((part) => part instanceof protobuf.Enum).map(describeEnum),
    service: parts.filter((part) => part instanceof protobuf.Service).map(describeService),
  };
  const { FileDescriptorProto } = descriptor;
  return Buffer.from(FileDescriptorProto.encode(FileDescriptorProto.fromObject(file)).finish());
}

/** A `DescriptorProto`. */
function describeMessage(type: protobuf.Type): object {
  // Those that `optional` alone has made stand behind the written ones.
  const oneofs = type.oneofsArray.toSorted(
    (a, b) => Number(isSynthetic(a)) - Number(isSynthetic(b)),
  );
  const maps = type.fieldsArray.filter((field) => field instanceof protobuf.MapField);
  return {
    name: type.name,
    field: type.fieldsArray.map((field) => describeField(field, oneofs)),
    nestedType: [
      ...maps.map(describeMapEntry),
      ...type.nestedArray.filter((part) => part instanceof protobuf.Type).map(describeMessage),
    ],
    enumType: type.nestedArray.filter((part) => part instanceof protobuf.Enum).map(describeEnum),
    oneofDecl: oneofs.map(({ name }) => ({ name })),
  };
}

/** A `FieldDescriptorProto`. */
function describeField(field: protobuf.Field, oneofs: readonly protobuf.OneOf[]): object {
  const isMap = field instanceof protobuf.MapField;
  return {
    name: field.name,
    number: field.id,
    label: field.repeated || isMap ? 'LABEL_REPEATED' : 'LABEL_OPTIONAL',
    ...(isMap
      ? { type: 'TYPE_MESSAGE', typeName: `${field.parent?.fullName ?? ''}.${entryName(field)}` }
      : describeType(field)),
    jsonName: camelCase(field.name),
    ...(field.partOf === null ? {} : { oneofIndex: oneofs.indexOf(field.partOf) }),
    ...(isOptional(field) ? { proto3Optional: true } : {}),
  };
}

/** `type`, and `type_name` where it is not a scalar: absolute, so that nobody has to resolve it. */
function describeType({
  type,
  resolvedType,
}: Pick<protobuf.Field, 'type' | 'resolvedType'>): object {
  if (resolvedType === null) return { type: `TYPE_${type.toUpperCase()}` };
  const isEnum = resolvedType instanceof protobuf.Enum;
  return { type: isEnum ? 'TYPE_ENUM' : 'TYPE_MESSAGE', typeName: resolvedType.fullName };
}

/** The message that stands for one entry of a map. */
function describeMapEntry(field: protobuf.MapField): object {
  const part = { label: 'LABEL_OPTIONAL' };
  return {
    name: entryName(field),
    field: [
      {
        ...part,
        name: 'key',
        number: 1,
        type: `TYPE_${field.keyType.toUpperCase()}`,
        jsonName: 'key',
      },
      { ...part, name: 'value', number: 2, ...describeType(field), jsonName: 'value' },
    ],
    options: { mapEntry: true },
  };
}

/** An `EnumDescriptorProto`. */
function describeEnum({ name, values }: protobuf.Enum): object {
  return {
    name,
    value: Object.entries(values).map(([value, number]) => ({ name: value, number })),
  };
}

/** A `ServiceDescriptorProto`. */
function describeService(service: protobuf.Service): object {
  return {
    name: service.name,
    method: service.methodsArray.map((method) => ({
      name: method.name,
      inputType: method.resolvedRequestType?.fullName,
      outputType: method.resolvedResponseType?.fullName,
      ...(method.requestStream === true ? { clientStreaming: true } : {}),
      ...(method.responseStream === true ? { serverStreaming: true } : {}),
    })),
  };
}

/** Whether a field is declared `optional`: protobufjs keeps that as an option of its own. */
const isOptional = (field: protobuf.Field): boolean => field.options?.['proto3_optional'] === true;

/** Whether nobody wrote this oneof, and `optional` made it. */
const isSynthetic = (oneof: protobuf.OneOf): boolean => oneof.fieldsArray.every(isOptional);

const camelCase = (name: string): string =>
  name.replaceAll(/_+(.?)/gu, (_all, next: string) => next.toUpperCase());

const entryName = ({ name }: Pick<protobuf.Field, 'name'>): string =>
  `${camelCase(`_${name}`)}Entry`;
