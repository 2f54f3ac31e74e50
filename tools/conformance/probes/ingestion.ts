import type { Export } from '../ingestion.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { Undetermined } from '../undetermined.ts';
import { delays } from './ingestion-delays.ts';
import {
  accepted,
  acceptedKey,
  ingestionOf,
  isAccepted,
  isRefused,
  madeUp,
  newKey,
  refused,
  sendUntil,
} from './sending.ts';
import { collectorExporter, otlpSpecification, vendorStatuses } from './sources.ts';

const exportSeen = ({ seen, detail }: Export): Sight =>
  detail === '' ? { seen } : { seen, detail };

/** What came last of a wait; how long it was in vain. */
const lastSeen = ({ last, waited }: Awaited<ReturnType<typeof sendUntil>>): Sight =>
  waited.isMet
    ? exportSeen(last)
    : { seen: last.seen, detail: `still after ${waited.atLeastMs} ms; ${last.detail}` };

const answers: readonly Probe[] = [
  {
    id: 'I01',
    assumption: 'An export without records is OK with a new key, or INVALID_ARGUMENT.',
    mark: 'inferred',
    source: `${otlpSpecification} (an empty request is a success); ${vendorStatuses}`,
    expected: accepted,
    restsOn: '`verify`',
    ifWrong: {
      isSafe: true,
      then: '`verify` fails; the new key is taken back, and the old one stays',
    },
    ask: async (account) => {
      const { value } = await newKey(account);
      return lastSeen(await sendUntil(account, value, isAccepted));
    },
  },
  {
    id: 'I02',
    assumption:
      'An export without records is UNAUTHENTICATED with a made-up key of the same shape.',
    mark: 'inferred',
    source: `${collectorExporter} (a wrong key); that it is looked at when there are no records, nobody says`,
    expected: [refused],
    restsOn: '`verify`: without it an acceptance would prove nothing',
    ifWrong: { isSafe: true, then: '`verify` fails, and says that nothing is proven there' },
    ask: async (account) => {
      const { value } = await newKey(account);
      const { last, waited } = await sendUntil(account, value, isAccepted);
      if (!waited.isMet) throw new Undetermined(`a new key is not accepted: ${last.seen}`);
      return exportSeen(await ingestionOf(account).send(madeUp(value)));
    },
  },
  {
    id: 'I03',
    assumption: 'An export without records is UNAUTHENTICATED with an inactive key.',
    mark: 'inferred',
    source: `${collectorExporter} (a wrong key)`,
    expected: [refused],
    restsOn: '`deactivate`, and retiring a key: nobody can send with it any more',
    ifWrong: {
      isSafe: false,
      then: 'a key that was retired goes on working, unless `retire: delete`',
    },
    ask: async (account) => {
      const { id, value } = await acceptedKey(account);
      await account.update(id, { is_active: false });
      return lastSeen(await sendUntil(account, value, isRefused));
    },
  },
  {
    id: 'I04',
    assumption: 'An export without records is UNAUTHENTICATED with a deleted key.',
    mark: 'inferred',
    source: `${collectorExporter} (a wrong key)`,
    expected: [refused],
    restsOn: '`delete`, and `retire: delete`: nobody can send with it any more',
    ifWrong: { isSafe: false, then: 'a key that is gone goes on working' },
    ask: async (account) => {
      const { id, value } = await acceptedKey(account);
      await account.delete(id);
      return lastSeen(await sendUntil(account, value, isRefused));
    },
  },
  {
    id: 'I05',
    assumption: 'A key that was accepted once is accepted the next ten times, too.',
    mark: 'inferred',
    source:
      'nothing published; parts of the ingestion that hear of a key one by one would break it',
    expected: ['10 of 10'],
    restsOn: '`verify`: one acceptance is taken for all',
    ifWrong: {
      isSafe: false,
      then: 'a key counts as proven that is refused now and then for a while',
    },
    ask: async (account) => {
      const { value } = await acceptedKey(account);
      let times = 0;
      for (let look = 0; look < 10; look++) {
        const { seen } = await ingestionOf(account).send(value);
        if (isAccepted(seen)) times++;
      }
      return { seen: `${times} of 10` };
    },
  },
];

/** What a key is for, and how soon the ingestion hears of what becomes of it. */
export const ingestion = group('Ingestion', [...answers, ...delays]);
