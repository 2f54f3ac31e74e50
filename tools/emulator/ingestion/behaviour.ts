import type { KeyDelays } from './key-ring.ts';

/** What becomes of a request without any records; nobody knows it of the real service. */
export const emptyRequestAnswers = [
  /** OK over gRPC, like the collector; 400 over HTTP, like the vendor's how-to. */
  'as-documented',
  /** OK over both. */
  'accepted',
  /** INVALID_ARGUMENT and 400, once the key was looked at. */
  'refused',
  /** OK over both, with any key or none. */
  'key-not-checked',
] as const;

/** One of {@link emptyRequestAnswers}. */
export type EmptyRequests = (typeof emptyRequestAnswers)[number];

/** What happens to a request before the ingress sees it. */
export const gatewayBehaviours = [
  /** It reaches the ingress. */
  'passes',
  /** A mesh refuses it: PERMISSION_DENIED, 403. The key is not looked at. */
  'denies',
  /** UNAVAILABLE, 503. */
  'unavailable',
  /** A gRPC server without these services, UNIMPLEMENTED; no such path over HTTP, 404. */
  'no-otlp',
  /** A web server: 404 and a page in HTML, over both. */
  'html-404',
  /** The connection is reset once the request has arrived. */
  'resets',
  /** Never answered. */
  'silent',
] as const;

/** One of {@link gatewayBehaviours}. */
export type GatewayBehaviour = (typeof gatewayBehaviours)[number];

/** Success, but: https://opentelemetry.io/docs/specs/otlp/#partial-success. */
export interface PartialSuccess {
  /** How many records were not taken; 0 makes a warning of it. */
  readonly rejected: number;
  readonly message: string;
}

/** What is not known of the ingestion, differs from network to network, or goes wrong. */
export interface IngestionBehaviour extends KeyDelays {
  /** `passes` by default. */
  readonly gateway?: GatewayBehaviour;
  /** How many requests the gateway treats so, before it lets the others pass. Infinity by default. */
  readonly gatewayTimes?: number;
  /** `as-documented` by default. */
  readonly emptyRequests?: EmptyRequests;
  /** So many records a team may send, of all signals; more is RESOURCE_EXHAUSTED, 429. Infinity by default. */
  readonly quota?: number;
  /** Told with every success, and so many records of each request are not counted. None by default. */
  readonly partialSuccess?: PartialSuccess;
  /** Take JSON over HTTP, too; false by default, as the vendor's documents disagree about it. */
  readonly acceptsJson?: boolean;
}
