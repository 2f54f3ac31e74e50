import type { Key } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { findOne } from './find.ts';
import { readKeySelector, type KeySelector } from './key-selector.ts';
import type { Operation } from './operation.ts';

/** Reads one key. */
export interface GetRequest {
  readonly operation: 'get';
  readonly key: KeySelector;
}

/** @param inputs the step's inputs */
export function readGet(inputs: Inputs): Result<GetRequest> {
  return all({ operation: ok('get'), key: readKeySelector('get', inputs) });
}

const hidden = {
  kind: 'unknown',
  why: 'not known, as the service discloses it once, when a key is made',
} as const;

/** Reads one key, with its value where the service discloses it. */
export const get: Operation<GetRequest> = async ({ key: selector }, ports) => {
  const { log } = ports;
  const key = await findOne(selector, ports);
  return {
    sentence: `Read the key ${quote(key.name)} (${key.id}), which is ${key.active ? 'active' : 'inactive'}.`,
    gist: `${key.active ? 'active' : 'inactive'}, and its value is ${key.value === undefined ? 'not disclosed' : 'handed out'}`,
    needsLook: key.value === undefined,
    key,
    ...(key.value === undefined ? { valuePlace: hidden } : { value: key.value }),
    created: false,
    changed: false,
    keyIds: [key.id],
    keys: [key],
    finish: () => {
      // The normal case: who reads a key each day needs no warning each day.
      if (key.value === undefined) log.info(whyHidden(key));
      return Promise.resolve();
    },
  };
};

function whyHidden({ hashed }: Key): string {
  const why = hashed ? 'the key is stored hashed, and ' : '';
  return `The output \`value\` is empty: ${why}the service discloses a key's value when it is made, and not later.`;
}
