import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { GitHubFaults, sendWith, type GitHubAnswer, type GitHubFault } from './github-faults.ts';
import { page } from './github-pages.ts';
import { GitHubVault } from './github-vault.ts';

/**
 * A GitHub for tests: the part of its REST interface that the action uses, over plain HTTP on
 * loopback, for the real Octokit (through GITHUB_API_URL). It holds one repository, in memory.
 */

/** A pull request. */
export interface PullRequest {
  readonly number: number;
  readonly state: 'open' | 'closed';
}

/** Which token a request came with; the token itself is never kept. */
export type TokenKind = 'github' | 'personal' | 'weak' | 'unknown' | 'none';

/** A request as it came. */
export interface GitHubRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly path: string;
  readonly token: TokenKind;
  /** As they came, `authorization` blacked out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What was answered; undefined while nothing is, or when a fault kept the answer back. */
  status: number | undefined;
}

/** What is on the server when it starts. */
export interface GitHubServerOptions {
  /** `acme/shop` when undefined. */
  readonly repository?: string;
  /** Where the interface starts: `/api/v3` on GitHub Enterprise Server; nothing when undefined. */
  readonly basePath?: string;
  readonly branches?: readonly string[];
  readonly pulls?: readonly PullRequest[];
  readonly environments?: readonly string[];
}

/** A running server. What it holds can be changed at any time. */
export interface GitHubServer {
  /** The root of the REST interface, for GITHUB_API_URL. */
  readonly url: string;
  readonly repository: string;
  /** Made at the start: one like GITHUB_TOKEN, one that may do everything, one that may do nothing. */
  readonly tokens: Readonly<Record<'github' | 'personal' | 'weak', string>>;
  branches: readonly string[];
  pulls: readonly PullRequest[];
  environments: readonly string[];
  /** Decrypted: `NAME` of the repository, `environment/NAME` of an environment. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Every request so far, in order. */
  readonly requests: readonly GitHubRequest[];
  /** Called with every request before it is answered. */
  onRequest: (request: GitHubRequest) => void;
  fault(fault: GitHubFault): void;
  /** Makes new key pairs, as GitHub may at any time: what was encrypted for the old ones is refused. */
  renewKeys(): void;
  stop(): Promise<void>;
}

/**
 * Starts a server on a port of its own.
 *
 * @param options what it holds
 */
export async function startGitHubServer(options: GitHubServerOptions = {}): Promise<GitHubServer> {
  const { repository = 'acme/shop', basePath = '' } = options;
  const vault = await GitHubVault.open();
  const faults = new GitHubFaults();
  const requests: GitHubRequest[] = [];
  const http = createServer((incoming, response) => {
    answer(incoming, response).catch((thrown: unknown) => {
      response.destroy(thrown instanceof Error ? thrown : new Error('not an error'));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;

  const server: GitHubServer = {
    url: `${origin}${basePath}`,
    repository,
    tokens: { github: made('ghs'), personal: made('ghp'), weak: made('ghp') },
    branches: options.branches ?? ['main'],
    pulls: options.pulls ?? [],
    environments: options.environments ?? [],
    secrets: vault.secrets,
    requests,
    onRequest: () => undefined,
    fault: (fault) => {
      faults.add(fault);
    },
    renewKeys: () => {
      vault.renewKeys();
    },
    stop: async () => {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = incoming;
    const token = kindOf(incoming.headers.authorization, server.tokens);
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        name === 'authorization' ? '***' : String(value),
      ]),
    );
    const body = await text(incoming);
    const request: GitHubRequest = { method, path, token, headers, body, status: undefined };
    requests.push(request);
    server.onRequest(request);
    const fault = faults.take(`${method} ${path}`);
    const isUntouched =
      fault !== undefined && ['status', 'hang', 'html', 'redirect', 'endless'].includes(fault.kind);
    const said = isUntouched
      ? { status: 200 }
      : (denied(token, path) ?? route(request, new URL(path, origin), fault));
    request.status = fault?.kind === 'status' ? fault.status : said.status;
    sendWith(response, said, fault);
  }

  function route(
    request: GitHubRequest,
    asked: URL,
    fault: GitHubFault['does'] | undefined,
  ): GitHubAnswer {
    if (!asked.pathname.startsWith(`${basePath}/`)) return notFound;
    const path = asked.pathname.slice(basePath.length + 1).split('/');
    const [repos, owner = '', repo = '', ...rest] = path.map((part) => decodeURIComponent(part));
    const isOurs = `${owner}/${repo}`.toLowerCase() === repository.toLowerCase();
    if (repos !== 'repos' || !isOurs) return notFound;
    const list = (items: readonly unknown[]): GitHubAnswer =>
      page({ url: asked, items, fault, wrap: (shown) => shown });
    const what = `${request.method} ${rest[0] ?? ''}${rest.length === 1 ? '' : '/'}`;
    switch (what) {
      case 'GET branches':
        return list(server.branches.map((name) => ({ name, protected: false })));
      case 'GET pulls':
        return list(pulls(server.pulls, asked));
      case 'GET environments':
        return page({
          url: asked,
          items: server.environments.map((name, index) => ({ id: index + 1, name })),
          fault,
          wrap: (environments, total_count) => ({ total_count, environments }),
        });
      case 'GET actions/':
      case 'PUT actions/':
        return rest[1] === 'secrets' ? secrets(request, undefined, rest.slice(2)) : notFound;
      case 'GET environments/':
      case 'PUT environments/': {
        const environment = server.environments.find(
          (name) => name.toLowerCase() === rest[1]?.toLowerCase(),
        );
        if (environment === undefined || rest[2] !== 'secrets') return notFound;
        return secrets(request, environment, rest.slice(3));
      }
      default:
        return notFound;
    }
  }

  function secrets(
    { method, body }: GitHubRequest,
    environment: string | undefined,
    rest: readonly string[],
  ): GitHubAnswer {
    const [name, ...more] = rest;
    if (name === undefined || more.length > 0) return notFound;
    if (method === 'PUT') return vault.put(environment, name, body);
    return name === 'public-key' ? vault.publicKey(environment) : notFound;
  }

  return server;
}

const notFound: GitHubAnswer = { status: 404, body: { message: 'Not Found', status: '404' } };

function pulls(all: readonly PullRequest[], asked: URL): readonly PullRequest[] {
  const state = asked.searchParams.get('state') ?? 'open';
  const isAscending = asked.searchParams.get('direction') === 'asc';
  return all
    .filter((pull) => state === 'all' || pull.state === state)
    .sort((a, b) => (isAscending ? a.number - b.number : b.number - a.number));
}

function denied(token: TokenKind, path: string): GitHubAnswer | undefined {
  const refused = (status: number, message: string): GitHubAnswer => ({
    status,
    body: { message, status: String(status) },
  });
  switch (token) {
    case 'personal':
      return undefined;
    case 'github':
      return /\/secrets(?:\/|$)/u.test(path)
        ? refused(403, 'Resource not accessible by integration')
        : undefined;
    case 'weak':
      return refused(403, 'Resource not accessible by personal access token');
    case 'none':
      return refused(401, 'Requires authentication');
    case 'unknown':
      return refused(401, 'Bad credentials');
  }
}

function kindOf(
  authorization: string | undefined,
  tokens: Readonly<Record<'github' | 'personal' | 'weak', string>>,
): TokenKind {
  if (authorization === undefined) return 'none';
  const token = authorization.replace(/^(?:token|bearer) /iu, '');
  if (token === tokens.github) return 'github';
  if (token === tokens.personal) return 'personal';
  return token === tokens.weak ? 'weak' : 'unknown';
}

// No token of this form exists for long: it is made for one server and dies with it.
function made(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString('hex')}`;
}
