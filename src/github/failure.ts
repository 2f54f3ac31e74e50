import { Failure, type Effect } from '../core/failure.ts';
import { oneLine } from '../core/text.ts';
import {
  causeOf,
  certificateProblem,
  effectOf,
  isRateLimit,
  type Cause,
  type StatusCause,
} from './cause.ts';
import { policyHint } from './policy.ts';
import { httpStatus, type Answer, type RestRequest } from './rest.ts';

/** What the sentence about a failed request is made of. */
type Asked = Pick<RestRequest, 'purpose' | 'hints'>;

/**
 * The failure that reaches the reader: of kind `github`, or `outcome_unknown` when a change may have
 * been made.
 *
 * @param asked  what was asked
 * @param cause  why it failed
 * @param effect what all attempts together may have done
 */
export function requestFailure(asked: Asked, cause: Cause, effect: Effect): Failure {
  const { said, hint } = explain(cause, asked);
  const failure = new Failure('github', said, {
    ...(hint === undefined ? {} : { hint }),
    effect,
  });
  return effect === 'none'
    ? failure
    : failure.with({
        kind: 'outcome_unknown',
        sentence: 'GitHub may have done it all the same.',
      });
}

/**
 * The failure that an answer would have been, had it not been expected.
 *
 * @param answer with a status of 400 or more
 */
export function refusal(answer: Answer): Failure {
  return requestFailure(answer.request, causeOf(answer), answer.effect);
}

interface Explanation {
  readonly said: string;
  readonly hint: string | undefined;
}

function explain(cause: Cause, asked: Asked): Explanation {
  const { purpose } = asked;
  switch (cause.kind) {
    case 'network': {
      const why = cause.code === undefined ? '' : ` (${cause.code})`;
      const problem = certificateProblem(cause);
      if (problem !== undefined) {
        return {
          said: `GitHub could not be reached to ${purpose}${why}: its certificate is not good here.`,
          hint: certificateHints[problem],
        };
      }
      return {
        said:
          effectOf(cause) === 'none'
            ? `GitHub could not be reached to ${purpose}${why}.`
            : `The connection to GitHub broke off when it was asked to ${purpose}${why}.`,
        hint:
          cause.proxyVariable === undefined
            ? 'Run the job again; if it stays so, check the network between the runner and GitHub.'
            : `Check the proxy that ${cause.proxyVariable} names, and that it lets GitHub through; or name GitHub in no_proxy.`,
      };
    }
    case 'timeout':
      return {
        said: `GitHub did not answer in time when asked to ${purpose}.`,
        hint: 'Run the job again, or give the step more time with `timeout_seconds`.',
      };
    case 'malformed':
      return {
        said: `GitHub's answer was cut off or is no JSON when asked to ${purpose}.`,
        hint: 'Run the job again; a proxy on the way to GitHub may answer in its place.',
      };
    case 'too_large':
      return {
        said: `GitHub's answer was larger than ${cause.mostBytes} bytes when asked to ${purpose}, so it was not read to its end.`,
        hint: `No answer of GitHub is that large. ${checkApiUrl}`,
      };
    case 'redirected':
      return {
        said: `GitHub's answer was to ask ${oneLine(cause.to, 100)} to ${purpose}, which is another host, so it was not asked.`,
        hint: `What another host says is not believed. ${checkApiUrl}`,
      };
    case 'redirect_loop':
      return {
        said: `GitHub sent the request to ${purpose} from one address to the next, without end.`,
        hint: checkApiUrl,
      };
    case 'status':
      return explainStatus(cause, asked);
  }
}

const certificateHints = {
  // The action's own input would be the wrong one: GitHub's client takes what Node trusts.
  // https://nodejs.org/api/cli.html#node_extra_ca_certsfile
  untrusted:
    'No authority that this runner trusts vouches for it, as with a GitHub Enterprise Server, or something that inspects TLS on the way to GitHub, with an authority of its own. Put the certificate of that authority into a file on the runner, and its path into NODE_EXTRA_CA_CERTS under `env:` of the step. `ca_certificate` counts for Coralogix only.',
  invalid:
    'The code says what is wrong with it. Check that GITHUB_API_URL names the host that the certificate is for, and the clock of the runner; whoever runs that GitHub may have to renew it.',
} as const;

const checkApiUrl =
  'Check that GITHUB_API_URL is the address of the REST interface of GitHub, and that no proxy on the way answers in its place.';

function explainStatus(cause: StatusCause, { purpose, hints }: Asked): Explanation {
  const { status, message } = cause;
  const words = message === '' ? String(status) : `${status} ${message.replace(/\.$/u, '')}`;
  if (isRateLimit(cause)) {
    return {
      said: `GitHub wants fewer requests, so it did not ${purpose}: ${words}.`,
      hint: 'Run the job again later; a token of its own has a limit of its own.',
    };
  }
  if (status >= 500) {
    return {
      said: `GitHub failed to ${purpose}: ${words}.`,
      hint: 'This is trouble on the side of GitHub: run the job again later.',
    };
  }
  const said = `GitHub refused to ${purpose}: ${words}.`;
  const policy = status === httpStatus.forbidden ? policyHint(message) : undefined;
  if (policy !== undefined) return { said, hint: policy };
  const isHinted =
    status === httpStatus.unauthorized ||
    status === httpStatus.forbidden ||
    status === httpStatus.notFound;
  if (!isHinted) return { said, hint: undefined };
  const page = cause.isPage ? pageSentence : '';
  return { said, hint: [page, hints[status], acceptedSentence(cause)].filter(Boolean).join(' ') };
}

const pageSentence =
  "It came as a web page, which GitHub's interface does not answer by itself: something on the way, or a rule of the organisation, may have.";

function acceptedSentence({ acceptedPermissions: accepted }: StatusCause): string {
  return accepted === undefined
    ? ''
    : `What this request takes is, in GitHub's words: ${accepted}.`;
}
