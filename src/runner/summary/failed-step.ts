import type { Failure, FailureKind } from '../../core/failure.ts';
import { code, codes, facts, fold, safe, joined, prose, type Html } from './html.ts';
import { keysTable } from './keys-table.ts';
import { whereOf } from './place.ts';
import type { StepFacts } from './step-facts.ts';

/** So many things that are wrong, and so many ids. */
const mostItems = 100;
export const mostIds = 40;

/** Why it failed, in the few words of a headline. */
const inShort: Readonly<Record<FailureKind, string>> = {
  invalid_input: 'the inputs are wrong',
  auth: 'Coralogix does not know `api_key`',
  permission: '`api_key` may not do this',
  not_found: 'there is no such key',
  ambiguous: 'several keys have this name',
  rejected: 'Coralogix refused the request',
  rate_limited: 'Coralogix wants fewer requests',
  quota: 'Coralogix makes no more keys',
  unavailable: 'Coralogix cannot answer now',
  dns: 'the host was not found',
  refused: 'no connection could be made',
  tls: 'no trusted connection could be made',
  proxy: 'the proxy does not let it through',
  timeout: 'no answer in time',
  dropped: 'the connection broke off',
  not_grpc: 'what answers is not Coralogix',
  outcome_unknown: 'nobody knows what it did',
  value_hidden: 'the value of the key is not to be had',
  not_verified: 'the key is not proven to work',
  unsafe: 'it could take away a key in use',
  github: 'GitHub does not let it through',
  runner: 'the runner takes no outputs',
  internal: 'an unexpected error',
};

/** The few words. */
export function failedInShort({ operation }: StepFacts, { kind, gist }: Failure): Html {
  // What is refused for safety is no defect: nothing was changed.
  const verb = kind === 'unsafe' ? 'refused' : 'failed';
  return safe`${prose(operation, 40)} ${prose(verb)}: ${prose(gist ?? inShort[kind])}`;
}

/** What was tried and said, what to do, and which keys to look at. */
export function failedStep(step: StepFacts, failure: Failure): Html {
  const { kind, message, items, hint, keys } = failure;
  const wrong = items.slice(0, mostItems).map((item) => safe`<li>${prose(item)}</li>`);
  const list = wrong.length === 0 ? safe`` : safe`<ul>${joined(wrong)}</ul>\n`;
  const table = facts([
    ['Keys to look at', keys.length === 0 ? codes(failure.keyIds, mostIds) : safe``],
    ['Where', whereOf(step)],
    ['Kind', code(kind)],
  ]);
  if (keys.length === 0) return safe`<p>${prose(message)}</p>\n${list}${advice(hint)}${table}`;
  // The table shows what the message can only count, and the headline has the rest.
  const details = safe`<p>${prose(message)}</p>\n${list}${table}`;
  return safe`${advice(hint)}${keysTable(keys)}${fold(safe`Details`, details)}`;
}

/** What the reader can do about it. */
export function advice(hint: string | undefined): Html {
  return hint === undefined ? safe`` : safe`<p><b>What to do:</b> ${prose(hint)}</p>\n`;
}
