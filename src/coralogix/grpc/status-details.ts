/**
 * What a service may say besides a status: google.rpc.Status in the trailer
 * `grpc-status-details-bin`, with RetryInfo, BadRequest and ErrorInfo in it.
 */

/**
 * Field numbers as published in google/rpc/status.proto and error_details.proto:
 * https://github.com/googleapis/googleapis/tree/master/google/rpc
 */
export const statusDetailsDescriptor = {
  nested: {
    google: {
      nested: {
        protobuf: {
          nested: {
            Any: {
              fields: { type_url: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } },
            },
            Duration: {
              fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } },
            },
          },
        },
        rpc: {
          nested: {
            Status: {
              fields: {
                code: { type: 'int32', id: 1 },
                message: { type: 'string', id: 2 },
                details: { rule: 'repeated', type: 'google.protobuf.Any', id: 3 },
              },
            },
            RetryInfo: { fields: { retry_delay: { type: 'google.protobuf.Duration', id: 1 } } },
            BadRequest: {
              fields: { field_violations: { rule: 'repeated', type: 'FieldViolation', id: 1 } },
              nested: {
                FieldViolation: {
                  fields: {
                    field: { type: 'string', id: 1 },
                    description: { type: 'string', id: 2 },
                  },
                },
              },
            },
            ErrorInfo: {
              fields: { reason: { type: 'string', id: 1 }, domain: { type: 'string', id: 2 } },
            },
          },
        },
      },
    },
  },
} as const;

/** Decodes one message of {@link statusDetailsDescriptor}. */
export type Decode = (type: string, bytes: Buffer) => unknown;

/** What was found in the details. */
export interface StatusDetails {
  readonly retryAfterMs: number | undefined;
  readonly remarks: readonly string[];
}

const nothing: StatusDetails = { retryAfterMs: undefined, remarks: [] };

// More than this a reader does not read, and a hostile service must not make us keep.
const mostRemarks = 5;

/**
 * Reads a google.rpc.Status. Never throws: it serves the making of an error.
 *
 * @param bytes  the trailer's bytes
 * @param decode how to decode
 */
export function readStatusDetails(bytes: Buffer, decode: Decode): StatusDetails {
  try {
    const status = decode('google.rpc.Status', bytes) as { details?: readonly AnyMessage[] };
    return (status.details ?? []).reduce((found, each) => add(found, each, decode), nothing);
  } catch {
    return nothing;
  }
}

interface AnyMessage {
  readonly type_url: string;
  readonly value: Buffer;
}

function add(found: StatusDetails, { type_url, value }: AnyMessage, decode: Decode): StatusDetails {
  const type = type_url.slice(type_url.lastIndexOf('/') + 1);
  switch (type) {
    case 'google.rpc.RetryInfo': {
      const { retry_delay: delay } = decode(type, value) as {
        retry_delay: { seconds: string | number; nanos: number } | null;
      };
      if (delay === null) return found;
      const milliseconds = Number(delay.seconds) * 1000 + delay.nanos / 1e6;
      return Number.isFinite(milliseconds) && milliseconds >= 0
        ? { ...found, retryAfterMs: Math.ceil(milliseconds) }
        : found;
    }
    case 'google.rpc.BadRequest': {
      const { field_violations: violations } = decode(type, value) as {
        field_violations: readonly { field: string; description: string }[];
      };
      return remark(
        found,
        violations.map((each) => `${each.field}: ${each.description}`),
      );
    }
    case 'google.rpc.ErrorInfo': {
      const { reason } = decode(type, value) as { reason: string };
      return reason === '' ? found : remark(found, [reason]);
    }
    default:
      return found;
  }
}

function remark(found: StatusDetails, remarks: readonly string[]): StatusDetails {
  return { ...found, remarks: [...found.remarks, ...remarks].slice(0, mostRemarks) };
}
