import protobuf from 'protobufjs';
import type { ErrorInfo, FieldViolation } from './faults.ts';

/** What a status can say besides its code and message. */
export interface StatusDetails {
  readonly retryDelayMs?: number;
  readonly fieldViolations?: readonly FieldViolation[];
  readonly errorInfo?: ErrorInfo;
}

// A map is no plain field in protobufjs's types.
const mapOfStrings: protobuf.IMapField = { keyType: 'string', type: 'string', id: 3 };

const root = protobuf.Root.fromJSON({
  nested: {
    Any: { fields: { type_url: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
    Status: {
      fields: {
        code: { type: 'int32', id: 1 },
        message: { type: 'string', id: 2 },
        details: { rule: 'repeated', type: 'Any', id: 3 },
      },
    },
    Duration: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    RetryInfo: { fields: { retry_delay: { type: 'Duration', id: 1 } } },
    FieldViolation: {
      fields: { field: { type: 'string', id: 1 }, description: { type: 'string', id: 2 } },
    },
    BadRequest: {
      fields: { field_violations: { rule: 'repeated', type: 'FieldViolation', id: 1 } },
    },
    ErrorInfo: {
      fields: {
        reason: { type: 'string', id: 1 },
        domain: { type: 'string', id: 2 },
        metadata: mapOfStrings,
      },
    },
  },
});

/**
 * The `grpc-status-details-bin` trailer: a `google.rpc.Status`, in base64.
 *
 * @param code    the status code
 * @param message the status message
 * @param details what else to say
 * @returns undefined when there is nothing else to say
 */
export function encodeStatusDetails(
  code: number,
  message: string,
  { retryDelayMs, fieldViolations, errorInfo }: StatusDetails,
): string | undefined {
  const details: object[] = [];
  if (retryDelayMs !== undefined) {
    const seconds = Math.floor(retryDelayMs / 1000);
    const nanos = Math.round((retryDelayMs - seconds * 1000) * 1e6);
    details.push(any('RetryInfo', { retry_delay: { seconds, nanos } }));
  }
  if (fieldViolations !== undefined) {
    details.push(any('BadRequest', { field_violations: fieldViolations }));
  }
  if (errorInfo !== undefined) details.push(any('ErrorInfo', errorInfo));
  if (details.length === 0) return undefined;
  return encode('Status', { code, message, details }).toString('base64');
}

function any(type: string, message: object): object {
  return { type_url: `type.googleapis.com/google.rpc.${type}`, value: encode(type, message) };
}

function encode(type: string, message: object): Buffer {
  return Buffer.from(root.lookupType(type).encode(message).finish());
}
