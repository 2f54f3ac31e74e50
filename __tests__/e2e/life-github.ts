import { afterAll } from '@jest/globals';
import {
  startGitHubServer,
  type GitHubServer,
  type GitHubServerOptions,
} from '../../tools/github/server.ts';
import type { Acting } from './life.ts';

const servers: GitHubServer[] = [];

afterAll(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** Starts a GitHub that ends with the test file. */
export async function gitHub(options: GitHubServerOptions = {}): Promise<GitHubServer> {
  const server = await startGitHubServer(options);
  servers.push(server);
  return server;
}

/** Lets a process run in that GitHub's repository. */
export function on(server: GitHubServer): Acting {
  return { github: { repository: server.repository, api_url: server.url } };
}
