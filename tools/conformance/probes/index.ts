import type { ProbeGroup } from '../probe.ts';
import { disclosure } from './disclosure.ts';
import { ingestion } from './ingestion.ts';
import { lag } from './lag.ts';
import { deletion, listing, teams } from './listing.ts';
import { names } from './names.ts';
import { newKey } from './new-key.ts';
import { policies } from './policies.ts';
import { refusals } from './refusals.ts';
import { updates } from './updates.ts';

/** All that is assumed of the service. What is assumed of another one becomes groups of its own here. */
export const probeGroups: readonly ProbeGroup[] = [
  refusals,
  disclosure,
  newKey,
  updates,
  names,
  listing,
  deletion,
  teams,
  policies,
  lag,
  ingestion,
];
