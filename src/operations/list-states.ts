import { mayBeSecret, quoteUnlessSecret } from '../core/credential-like.ts';
import { nearest } from '../core/nearest.ts';
import { ok, wrong, type Result } from '../core/result.ts';
import { listed } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { NameMatcher } from '../names/matcher.ts';
import { keyStates, type KeyState } from './inventory.ts';

/**
 * Reads `state`: one state, or several, between commas, blanks or line breaks.
 *
 * @param inputs the step's inputs
 * @returns each once; undefined when not given
 */
export function readStates(inputs: Inputs): Result<readonly KeyState[] | undefined> {
  const text = inputs.text('state');
  if (text === undefined) return ok(undefined);
  const words = [...new Set(text.split(/[\s,]+/u).filter((each) => each !== ''))];
  const states = words.flatMap((word) => keyStates.find((state) => state === word) ?? []);
  const odd = words.filter((word) => !states.some((state) => state === word));
  if (words.length > 0 && odd.length === 0) return ok(states);
  const choice = `it must be one or several of ${keyStates.join(', ')}.`;
  if (words.length === 0) return wrong(`\`state\` holds no state: ${choice}`);
  const held = mayBeSecret(text)
    ? `a text of ${text.length} characters`
    : listed(
        odd.map((word) => quoteUnlessSecret(word, 40)),
        3,
      );
  const [meant] = odd.flatMap((word) => nearest(word, keyStates) ?? []);
  const question = meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
  return wrong(`\`state\` holds ${held}: ${choice}${question}`);
}

/**
 * Refuses to look for keys of what is gone where nothing tells what that is: none would be found.
 *
 * @param states which are looked for
 * @param which  the template, where there is one
 * @param inputs the step's inputs
 */
export function checkGone(
  states: readonly KeyState[] | undefined,
  { template }: { readonly template?: NameMatcher | undefined },
  inputs: Inputs,
): Result<undefined> {
  if (states?.includes('gone') !== true) return ok(undefined);
  const problems = [
    ...(template === undefined
      ? [
          '`name` with one of {branch}, {pull_request}, {environment}, for instance `my-app/branch/{branch}`',
        ]
      : []),
    ...(inputs.text('github_token') === undefined ? ['`github_token`'] : []),
  ];
  return problems.length === 0
    ? ok(undefined)
    : wrong(`\`state\` holds \`gone\`, which needs ${problems.join(', and ')}.`);
}
