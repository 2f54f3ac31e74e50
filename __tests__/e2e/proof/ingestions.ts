import type { IngestionBehaviour } from '../../../tools/emulator/ingestion/behaviour.ts';

/** What an ingestion can do with the export that is to prove a key: a row of the table. */
export interface IngestionRow {
  readonly name: string;
  readonly behaviour: IngestionBehaviour;
  /** Where to ask instead of the emulator. */
  readonly elsewhere?: string;
  /** Whether a key is proven there. */
  readonly isProof: boolean;
  /** Whether the step asks until its time is up. */
  readonly isEndless?: boolean;
}

/** All of them, in the order of the page. */
export const ingestionRows: readonly IngestionRow[] = [
  { name: 'accepted at once', behaviour: {}, isProof: true },
  {
    name: 'accepted after 5 s',
    behaviour: { newKeysAcceptedAfterMs: 5000 },
    isProof: true,
  },
  {
    name: 'never accepted (`UNAUTHENTICATED`)',
    behaviour: { newKeysAcceptedAfterMs: Infinity },
    isProof: false,
    isEndless: true,
  },
  {
    name: 'refused by the mesh (`PERMISSION_DENIED`)',
    behaviour: { gateway: 'denies' },
    isProof: false,
  },
  { name: 'over quota (`RESOURCE_EXHAUSTED`)', behaviour: { quota: 0 }, isProof: false },
  {
    name: 'host unknown',
    behaviour: {},
    elsewhere: 'https://ingress.nowhere.invalid:443',
    isProof: false,
  },
  { name: 'no OTLP there (`UNIMPLEMENTED`)', behaviour: { gateway: 'no-otlp' }, isProof: false },
  { name: 'no OTLP there (a web page)', behaviour: { gateway: 'html-404' }, isProof: false },
  {
    name: 'keys of empty requests not looked at',
    behaviour: { emptyRequests: 'key-not-checked' },
    isProof: false,
  },
  {
    name: '`INVALID_ARGUMENT` for empty requests',
    behaviour: { emptyRequests: 'refused' },
    isProof: true,
  },
  { name: 'connection reset', behaviour: { gateway: 'resets' }, isProof: false },
  { name: 'silent', behaviour: { gateway: 'silent' }, isProof: false, isEndless: true },
];
