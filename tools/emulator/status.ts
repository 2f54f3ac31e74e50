/** The gRPC status codes, by the names that the protocol gives them. */
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

/**
 * The name of a status code as it stands on the wire.
 *
 * @param code digits, or anything else that a faulty server may send
 * @returns the name, or the text itself when it is no known code
 */
export function statusName(code: string): string {
  const known = Object.entries(statusCodes).find(([, number]) => String(number) === code);
  return known?.[0] ?? code;
}

/** An operation that the service refuses. */
export class StatusError extends Error {
  readonly status: StatusName;
  /** The gRPC status code. */
  readonly code: number;

  /**
   * @param status  the status, by its name
   * @param message what the caller is told
   */
  constructor(status: StatusName, message: string) {
    super(message);
    this.name = 'StatusError';
    this.status = status;
    this.code = statusCodes[status];
  }
}
