import { Failure } from '../core/failure.ts';
import { proxyInUse } from './destination.ts';
import type { Question } from './retry.ts';
import { isRateLimit, type StatusTrouble, type Trouble } from './cause.ts';

/**
 * The failure that reaches the reader: of kind `github`, or `outcome_unknown` when a change may have
 * been made.
 *
 * @param trouble  what went wrong
 * @param question what was asked
 * @param isKnown  whether it is sure that nothing was changed
 */
export function failureOf(
  trouble: Trouble,
  { purpose, hints }: Question,
  isKnown: boolean,
): Failure {
  const { sentence, hint } = told(trouble, purpose, hints);
  const details = hint === undefined ? {} : { hint };
  return isKnown
    ? new Failure('github', sentence, details)
    : new Failure('outcome_unknown', `${sentence} GitHub may have done it all the same.`, details);
}

interface Told {
  readonly sentence: string;
  readonly hint: string | undefined;
}

function told(trouble: Trouble, purpose: string, hints: Question['hints']): Told {
  switch (trouble.kind) {
    case 'network': {
      const why = trouble.code === undefined ? '' : ` (${trouble.code})`;
      return {
        sentence: `GitHub could not be reached to ${purpose}${why}.`,
        hint:
          proxyInUse(process.env) ??
          'Run the job again; if it stays so, check the network between the runner and GitHub.',
      };
    }
    case 'silence':
      return {
        sentence: `GitHub did not answer in time when asked to ${purpose}.`,
        hint: 'Run the job again, or give the step more time with `timeout_seconds`.',
      };
    case 'unreadable':
      return {
        sentence: `GitHub's answer was cut off or is no JSON when asked to ${purpose}.`,
        hint: 'Run the job again; a proxy on the way to GitHub may answer in its place.',
      };
    case 'status':
      return refusal(trouble, purpose, hints);
  }
}

function refusal(trouble: StatusTrouble, purpose: string, hints: Question['hints']): Told {
  const { status, message } = trouble;
  const said = message === '' ? String(status) : `${status} ${message.replace(/\.$/u, '')}`;
  if (isRateLimit(trouble)) {
    return {
      sentence: `GitHub wants fewer requests, so it did not ${purpose}: ${said}.`,
      hint: 'Run the job again later; a token of its own has a limit of its own.',
    };
  }
  if (status >= 500) {
    return {
      sentence: `GitHub failed to ${purpose}: ${said}.`,
      hint: 'This is trouble on the side of GitHub: run the job again later.',
    };
  }
  const sentence = `GitHub refused to ${purpose}: ${said}.`;
  // An organisation that lets nobody in from here says so, and no permission helps against that.
  if (status === 403 && /\bSAML\b|\bIP allow list\b/iu.test(message)) {
    return {
      sentence,
      hint: 'The organisation restricts who gets in, and from where: see what GitHub says.',
    };
  }
  const isHinted = status === 401 || status === 403 || status === 404;
  return { sentence, hint: isHinted ? hints[status] : undefined };
}
