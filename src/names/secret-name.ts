import { quoteUnlessSecret } from '../core/credential-like.ts';

/**
 * What is wrong with a secret's name, before anything is sent.
 *
 * The rule is GitHub's:
 * https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
 *
 * @param name as the `secret_name` input gives it
 * @returns a sentence, or undefined when nothing is
 */
export function secretNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name)) {
    return `${quoteUnlessSecret(name)} is no name of a secret: only letters A to Z, digits and _, and no digit first.`;
  }
  if (/^GITHUB_/iu.test(name)) {
    return `${quoteUnlessSecret(name)} is no name of a secret: GitHub keeps names that start with GITHUB_ for itself.`;
  }
  return undefined;
}
