import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { notFound, type PullRequest } from './answers.ts';
import { answerProblems, requestProblems } from './description.ts';
import { GitHubFaults, sendWith, type GitHubAnswer, type GitHubFault } from './faults.ts';
import { route, type Holdings } from './routes.ts';
import { denied, kindOf, makeTokens, scopesOf, type TokenKind, type Tokens } from './tokens.ts';
import { GitHubVault } from './vault.ts';

/**
 * A local GitHub, for tests and for trying workflows: the part of its REST interface that the action uses, over plain HTTP on
 * loopback, for the real Octokit (through GITHUB_API_URL). It holds repositories, in memory. Every
 * request and every answer is checked against GitHub's own description.
 */

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
export interface GitHubServerOptions extends Partial<Holdings> {
  /** `acme/shop` when undefined. */
  readonly repository?: string;
  /** Where the interface starts: `/api/v3` on GitHub Enterprise Server; nothing when undefined. */
  readonly basePath?: string;
  /** Other repositories, by their names: `acme/other`. */
  readonly others?: Readonly<Record<string, Holdings>>;
}

/** A running server. What it holds can be changed at any time. */
export interface GitHubServer {
  /** The root of the REST interface, for GITHUB_API_URL. */
  readonly url: string;
  readonly repository: string;
  /** Made at the start, by what they may do. */
  readonly tokens: Tokens;
  branches: readonly string[];
  pulls: readonly PullRequest[];
  environments: readonly string[];
  /**
   * Decrypted: `NAME` of the repository, `environment/NAME` of an environment, `acme/other/…` of another
   * repository. May be changed.
   */
  readonly secrets: Map<string, string>;
  /** As {@link secrets}, in clear. */
  readonly variables: Map<string, string>;
  /** Every request so far, in order. */
  readonly requests: readonly GitHubRequest[];
  /** Called with every request before it is answered. */
  onRequest: (request: GitHubRequest) => void;
  fault(fault: GitHubFault): void;
  /** Makes new key pairs, as GitHub may at any time: what was encrypted for the old ones is refused. */
  renewKeys(): void;
  /** Throws when a request or an answer was not as GitHub's description has it. */
  stop(): Promise<void>;
}

/** Faults that answer in the place of GitHub, which then does nothing. */
const inItsPlace: readonly string[] = ['status', 'hang', 'html', 'page', 'redirect', 'endless'];

/**
 * Starts a server on a port of its own.
 *
 * @param options what it holds
 */
export async function startGitHubServer(options: GitHubServerOptions = {}): Promise<GitHubServer> {
  const { repository = 'acme/shop', basePath = '', others = {} } = options;
  const vault = await GitHubVault.open();
  const faults = new GitHubFaults();
  const requests: GitHubRequest[] = [];
  const problems = new Set<string>();
  const http = createServer((incoming, response) => {
    answer(incoming, response).catch((thrown: unknown) => {
      problems.add(String(thrown));
      response.destroy();
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
    tokens: makeTokens(),
    branches: options.branches ?? ['main'],
    pulls: options.pulls ?? [],
    environments: options.environments ?? [],
    secrets: vault.secrets,
    variables: vault.variables,
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
      if (problems.size > 0) {
        throw new Error(`Not as GitHub describes it:\n${[...problems].join('\n')}`);
      }
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
    const said =
      fault !== undefined && inItsPlace.includes(fault.kind)
        ? { status: 200 }
        : (denied(token, method, path) ?? routed(request, fault));
    check(request, fault !== undefined && inItsPlace.includes(fault.kind) ? undefined : said);
    request.status = fault?.kind === 'status' ? fault.status : said.status;
    const whole = { ...said, headers: { ...scopesOf(token), ...said.headers } };
    sendWith(response, whole, fault);
  }

  /** @param said what GitHub itself answers, before any fault; undefined when it does not */
  function check(request: GitHubRequest, said: GitHubAnswer | undefined): void {
    const { method, path, headers, body } = request;
    const described = {
      method,
      path: path.slice(path.startsWith(`${basePath}/`) ? basePath.length : 0),
      contentType: headers['content-type'],
      body,
    };
    const found = requestProblems(described).map((each) => `the request: ${each}`);
    if (said !== undefined && found.length === 0) {
      found.push(...answerProblems(described, said).map((each) => `the answer: ${each}`));
    }
    for (const each of found) problems.add(`${method} ${path}: ${each}`);
  }

  function routed(
    { method, path, body }: GitHubRequest,
    fault: GitHubFault['does'] | undefined,
  ): GitHubAnswer {
    const url = new URL(path, origin);
    if (!url.pathname.startsWith(`${basePath}/`)) return notFound;
    const parts = url.pathname.slice(basePath.length + 1).split('/');
    const [repos, owner = '', repo = '', ...rest] = parts.map((part) => decodeURIComponent(part));
    if (repos !== 'repos') return notFound;
    const named = `${owner}/${repo}`.toLowerCase();
    const isOwn = named === repository.toLowerCase();
    const [place = '', holdings] = isOwn
      ? ['', server]
      : (Object.entries(others).find(([name]) => name.toLowerCase() === named) ?? []);
    if (holdings === undefined) return notFound;
    return route({ method, url, rest, body, holdings, place, vault, fault });
  }

  return server;
}
