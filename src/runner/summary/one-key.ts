import type { KeyFacts, Outcome } from '../../operations/operation.ts';
import { endOf, isoMoment, plainMoment } from '../../names/stamp.ts';
import { code, codes, facts, fold, safe, joined, mark, prose, type Html } from './html.ts';
import { yesOrNo } from './keys-table.ts';
import { secretPlace, whereOf } from './place.ts';
import type { StepFacts } from './step-facts.ts';

/** So many ids of previous keys are shown. */
const mostIds = 20;

/** The one key that an outcome is about: what matters in a table, the rest in a fold. */
export function oneKey(outcome: Outcome, key: KeyFacts, step: StepFacts): Html {
  const { proof, previousKeyIds = [] } = outcome;
  const table = facts([
    ['Value', valueOf(outcome, step)],
    ['Works', proof === undefined ? safe`` : proven(proof.authority, proof.afterMs)],
    ['Ends', endOfKey(key.name)],
    ['Where', whereOf(step, teamOf(key) ?? step.teamId)],
  ]);
  const details = facts([
    ['Name', code(key.name)],
    ['Id', code(key.id)],
    ['Active', yesOrNo(key.active)],
    ['Hashed', yesOrNo(key.hashed)],
    ['Access policy', 'accessPolicy' in key ? yesOrNo((key.accessPolicy ?? '') !== '') : safe``],
    [
      previousKeyIds.length === 1 ? 'Previous key' : 'Previous keys',
      codes(previousKeyIds, mostIds),
    ],
    ['In full', prose(outcome.sentence)],
  ]);
  return safe`${table}${fold(safe`Details`, details)}`;
}

function valueOf({ value, valuePlace }: Outcome, { dryRun, site }: StepFacts): Html {
  const output = value === undefined ? safe`` : safe`${mark.done} the output ${code('value')}`;
  switch (valuePlace?.kind) {
    case undefined:
      return output;
    case 'unknown':
      return safe`${mark.look} ${prose(valuePlace.why)}`;
    case 'secret': {
      const { secret, sinceMs } = valuePlace;
      const since =
        sinceMs === undefined ? safe`` : safe`, since ${prose(isoMoment(sinceMs).slice(0, 10))}`;
      const verb = dryRun ? safe`would be stored as` : mark.done;
      return joined([output, safe`${verb} ${secretPlace(secret, site)}${since}`], '<br>');
    }
  }
}

function proven(authority: string, afterMs: number): Html {
  const after = (afterMs / 1000).toFixed(1);
  return safe`${mark.done} accepted by ${code(authority)} after ${prose(after)} s, where a made-up key is refused`;
}

/** `2026-12-03, 02:10 UTC`. */
function endOfKey(name: string): Html {
  const end = endOf(name);
  return end === undefined ? safe`` : prose(plainMoment(end));
}

function teamOf(key: KeyFacts): number | undefined {
  return key.owner?.kind === 'team' ? key.owner.teamId : undefined;
}
