import { Failure } from '../core/failure.ts';
import { textAt } from '../core/json-path.ts';
import type { Dated, Lookup } from '../core/ports.ts';
import { refusal } from './failure.ts';
import { httpStatus, type Rest, type RestRequest } from './rest.ts';

/** What looking for a secret or a variable takes. */
export interface LookupContext<Found> {
  readonly rest: Rest;
  readonly request: Omit<RestRequest, 'method' | 'expected'>;
  /** What is looked for. */
  readonly name: string;
  /** What is wanted of it; undefined when it is not there. */
  readonly read: (body: unknown) => Found | undefined;
  /** Whether the token may read what the place keeps; else why not. */
  readonly isReadable: () => Promise<true | Failure>;
}

/**
 * Looks for a secret or a variable. GitHub says 404 also to a token that may not look, so what it does
 * not show is missing only where the same token may read the place.
 *
 * @throws Failure `github` where GitHub gives no answer to believe
 */
export async function lookUp<Found>(context: LookupContext<Found>): Promise<Lookup<Dated & Found>> {
  const { rest, request, name, read, isReadable } = context;
  const { ok, forbidden, notFound } = httpStatus;
  const answer = await rest({ ...request, method: 'GET', expected: [ok, forbidden, notFound] });
  switch (answer.status) {
    case notFound: {
      const readable = await isReadable();
      return readable === true ? { state: 'missing' } : { state: 'invisible', why: readable };
    }
    case forbidden:
      return { state: 'invisible', why: refusal(answer) };
  }
  const { body } = answer;
  const found = read(body);
  // GitHub writes all names in capital letters.
  if (found === undefined || textAt(body, 'name')?.toUpperCase() !== name.toUpperCase()) {
    throw new Failure(
      'github',
      `GitHub's answer makes no sense when asked to ${request.purpose}.`,
      {
        hint: 'Check that GITHUB_API_URL is the address of the REST interface of GitHub.',
        effect: 'none',
      },
    );
  }
  const updated = Date.parse(textAt(body, 'updated_at') ?? '');
  return { state: 'exists', updatedMs: Number.isNaN(updated) ? undefined : updated, ...found };
}
