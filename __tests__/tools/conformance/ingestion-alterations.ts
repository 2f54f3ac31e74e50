import type { IngestionBehaviour } from '../../../tools/emulator/ingestion/behaviour.ts';
import type { Alteration, Call } from './altered-service.ts';

/** A behaviour of the ingestion that is not what is assumed. */
export interface AlteredIngestion {
  /** What it does. */
  readonly does: string;
  /** The assumption that it breaks, the only one. */
  readonly breaks: string;
  /** How it behaves from the start. */
  readonly ingestion?: IngestionBehaviour;
  /** How it behaves from a call on; undefined for a call that changes nothing about it. */
  readonly from?: (call: Call) => IngestionBehaviour | undefined;
}

const fromTheStart: readonly AlteredIngestion[] = [
  {
    does: 'never accepts a new key',
    breaks: 'I01',
    ingestion: { newKeysAcceptedAfterMs: Infinity },
  },
  {
    does: 'is behind a mesh that lets nobody in',
    breaks: 'I01',
    ingestion: { gateway: 'denies' },
  },
  { does: 'has no OTLP', breaks: 'I01', ingestion: { gateway: 'no-otlp' } },
  { does: 'is a web page', breaks: 'I01', ingestion: { gateway: 'html-404' } },
  {
    does: 'takes an export and rejects records of it',
    breaks: 'I01',
    ingestion: { partialSuccess: { rejected: 1, message: 'no' } },
  },
  {
    does: 'does not look at the key of an empty export',
    breaks: 'I02',
    ingestion: { emptyRequests: 'key-not-checked' },
  },
];

const fromACallOn: readonly AlteredIngestion[] = [
  {
    does: 'goes on accepting an inactive key',
    breaks: 'I03',
    from: ({ rpc, request }) => {
      if (rpc === 'CreateApiKey') return {};
      const isIt = rpc === 'UpdateApiKey' && request['is_active'] === false;
      return isIt ? { retiredKeysRefusedAfterMs: Infinity } : undefined;
    },
  },
  {
    does: 'goes on accepting a deleted key',
    breaks: 'I04',
    from: ({ rpc }) => {
      if (rpc === 'CreateApiKey') return {};
      return rpc === 'DeleteApiKey' ? { retiredKeysRefusedAfterMs: Infinity } : undefined;
    },
  },
  {
    does: 'does not accept a key again that was inactive',
    breaks: 'I13',
    from: ({ rpc, request }) => {
      if (rpc === 'CreateApiKey') return {};
      const isIt = rpc === 'UpdateApiKey' && request['is_active'] === true;
      return isIt ? { newKeysAcceptedAfterMs: Infinity } : undefined;
    },
  },
];

/** Each switch of the emulator's ingestion that an export over gRPC can meet, but for trouble. */
export const ingestionAlterations: readonly AlteredIngestion[] = [...fromTheStart, ...fromACallOn];

/** What says nothing about a key. */
export const ingestionTrouble: readonly IngestionBehaviour[] = [
  { quota: 0 },
  { gateway: 'unavailable' },
  { gateway: 'resets' },
];

/** The ingestion's behaviours that are as good as the assumed one. */
export const otherIngestions: readonly (readonly [string, IngestionBehaviour])[] = [
  ['refuses an export for being empty, once the key was let in', { emptyRequests: 'refused' }],
  ['accepts an export without records over HTTP, too', { emptyRequests: 'accepted' }],
  ['takes JSON', { acceptsJson: true }],
  ['is in trouble for a moment', { gateway: 'unavailable', gatewayTimes: 1 }],
];

/** Hands on every call, and changes how the ingestion behaves where it is to. */
export const behaving =
  ({ from }: AlteredIngestion): Alteration =>
  async (call) => {
    const result = await call.forward();
    const behaviour = from?.(call);
    if (behaviour !== undefined) call.behave(behaviour);
    return result;
  };
