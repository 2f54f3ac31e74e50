/**
 * The statuses of gRPC, by the names that its specification gives them.
 * Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html
 */
export const statusCodes = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** One of the names in {@link statusCodes}. */
export type StatusName = keyof typeof statusCodes;

const names = new Map<unknown, StatusName>(
  (Object.keys(statusCodes) as StatusName[]).map((name) => [statusCodes[name], name]),
);

/**
 * The name of a status.
 *
 * @param code what came as one: a broken server may send anything
 * @returns undefined when there is no such status
 */
export function statusName(code: unknown): StatusName | undefined {
  return names.get(code);
}
