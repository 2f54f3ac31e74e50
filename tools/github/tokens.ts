import { randomBytes } from 'node:crypto';
import { notFound, refused } from './answers.ts';
import type { GitHubAnswer } from './faults.ts';

/** The tokens that a local GitHub knows. */
export type KnownToken =
  /** Like GITHUB_TOKEN: reads the repository, and no secret or variable of it. */
  | 'github'
  /** May do everything. */
  | 'personal'
  /** An App's, with `Environments: write` and what every token may: to read what the repository is. */
  | 'app'
  /** May do nothing, and is told so. */
  | 'weak'
  /** Sees nothing: every answer is that there is no such thing. */
  | 'blind'
  /** May do everything but with the repository's variables: those take a permission of their own. */
  | 'no_variables'
  /** May read everything, and change nothing. */
  | 'read_only'
  /** A classic one without the scope `repo`, in a public repository. */
  | 'scopeless';

/** Which token a request came with; the token itself is never kept. */
export type TokenKind = KnownToken | 'unknown' | 'none';

/** Tokens by what they may do. */
export type Tokens = Readonly<Record<KnownToken, string>>;

/** Makes the tokens. None of this form exists for long: they die with their server. */
export function makeTokens(): Tokens {
  const made = (prefix: string): string => `${prefix}_${randomBytes(18).toString('hex')}`;
  return {
    github: made('ghs'),
    personal: made('ghp'),
    app: made('ghs'),
    weak: made('github_pat'),
    blind: made('github_pat'),
    no_variables: made('github_pat'),
    read_only: made('github_pat'),
    scopeless: made('ghp'),
  };
}

/**
 * Which token a request has.
 *
 * @param authorization its header
 */
export function kindOf(authorization: string | undefined, tokens: Tokens): TokenKind {
  if (authorization === undefined) return 'none';
  const token = authorization.replace(/^(?:token|bearer) /iu, '');
  const kinds = Object.keys(tokens) as KnownToken[];
  return kinds.find((kind) => tokens[kind] === token) ?? 'unknown';
}

/** What a classic token's answers say of its scopes; the others' say nothing. */
export function scopesOf(token: TokenKind): Readonly<Record<string, string>> {
  if (token === 'personal') return { 'x-oauth-scopes': 'repo, workflow' };
  return token === 'scopeless' ? { 'x-oauth-scopes': 'gist' } : {};
}

const whyDenied = 'a token that may not do it is told so everywhere';

/**
 * What a token is told instead of an answer; undefined where it may do what it asks.
 *
 * @param path below the interface's root
 */
export function denied(token: TokenKind, method: string, path: string): GitHubAnswer | undefined {
  const takes = permissionFor(method, path);
  const forbidden = (what: string): GitHubAnswer => ({
    ...refused(403, `Resource not accessible by ${what}`, whyDenied),
    // https://github.blog/changelog/2023-08-10-x-accepted-github-permissions-header-for-fine-grained-permission-actors
    headers: takes === undefined ? {} : { 'x-accepted-github-permissions': takes },
  });
  const isOfRepository = /\/(?:actions|environments\/[^/]+)\/(?:secrets|variables)\b/u.test(path);
  switch (token) {
    case 'personal':
      return undefined;
    case 'github':
      return isOfRepository ? forbidden('integration') : undefined;
    case 'app':
      return takes?.startsWith('environments') === true || /^\/repos\/[^/]+\/[^/]+$/u.test(path)
        ? undefined
        : forbidden('integration');
    case 'weak':
      return forbidden('personal access token');
    case 'blind':
      return notFound;
    case 'no_variables':
      return takes?.startsWith('actions_variables') === true
        ? forbidden('personal access token')
        : undefined;
    case 'read_only':
      return method === 'GET' ? undefined : forbidden('personal access token');
    case 'scopeless':
      return method === 'GET' ? undefined : notFound;
    case 'none':
      return refused(401, 'Requires authentication', whyDenied);
    case 'unknown':
      return refused(401, 'Bad credentials', whyDenied);
  }
}

/** Environments' secrets and variables go with one permission, the repository's with one each. */
function permissionFor(method: string, path: string): string | undefined {
  const level = method === 'GET' ? 'read' : 'write';
  if (/\/environments\/[^/]+\/(?:secrets|variables)\b/u.test(path)) return `environments=${level}`;
  if (/\/actions\/secrets\b/u.test(path)) return `secrets=${level}`;
  return /\/actions\/variables\b/u.test(path) ? `actions_variables=${level}` : undefined;
}
