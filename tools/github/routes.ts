import { branchItem, environmentItem, notFound, pullItem, pulls } from './answers.ts';
import type { PullRequest } from './answers.ts';
import type { GitHubAnswer, GitHubFaultAction } from './faults.ts';
import { page } from './pages.ts';
import type { GitHubVault } from './vault.ts';

/** What a repository holds. */
export interface Holdings {
  readonly branches: readonly string[];
  readonly pulls: readonly PullRequest[];
  readonly environments: readonly string[];
}

/** What is asked, of whom. */
export interface Routed {
  readonly method: string;
  /** The address that was asked for, with its query. */
  readonly url: URL;
  /** The path below the repository, decoded. */
  readonly rest: readonly string[];
  readonly body: string;
  readonly holdings: Holdings;
  /** Under what the repository's secrets and variables are kept: `''` for the workflow's own. */
  readonly place: string;
  readonly vault: GitHubVault;
  readonly fault: GitHubFaultAction | undefined;
}

/** What a GitHub in order says. */
export function route(asked: Routed): GitHubAnswer {
  const { method, url, rest, holdings, fault } = asked;
  const [first = '', second = '', third, ...more] = rest;
  const what = `${method} ${first}${rest.length === 1 ? '' : '/'}`;
  const list = (items: readonly unknown[]): GitHubAnswer =>
    page({ url, items, fault, wrap: (shown) => shown });
  switch (what) {
    case 'GET branches':
      return list(holdings.branches.map(branchItem));
    case 'GET pulls':
      return list(pulls(holdings.pulls, url.searchParams).map(pullItem));
    case 'GET environments':
      return page({
        url,
        items: holdings.environments.map(environmentItem),
        fault,
        wrap: (environments, total_count) => ({ total_count, environments }),
      });
  }
  if (first === 'actions') return stored({ ...asked, rest: rest.slice(1) });
  if (first !== 'environments') return notFound;
  const index = holdings.environments.findIndex(
    (name) => name.toLowerCase() === second.toLowerCase(),
  );
  const environment = holdings.environments[index];
  if (environment === undefined) return notFound;
  if (third === undefined) {
    return method === 'GET' ? { status: 200, body: environmentItem(environment, index) } : notFound;
  }
  const place = asked.place === '' ? environment : `${asked.place}/${environment}`;
  return stored({ ...asked, place, rest: [third, ...more] });
}

/** Secrets and variables, of whatever place. */
function stored(asked: Routed): GitHubAnswer {
  const [kind, name, ...more] = asked.rest;
  if (more.length > 0) return notFound;
  if (kind === 'secrets') return secrets(asked, name);
  return kind === 'variables' ? variables(asked, name) : notFound;
}

function secrets({ method, vault, place, body }: Routed, name: string | undefined): GitHubAnswer {
  if (name === undefined) return notFound;
  switch (method) {
    case 'GET':
      return name === 'public-key' ? vault.publicKey(place) : vault.secret(place, name);
    case 'PUT':
      return vault.putSecret(place, name, body);
    case 'DELETE':
      return vault.deleteSecret(place, name);
    default:
      return notFound;
  }
}

function variables(asked: Routed, name: string | undefined): GitHubAnswer {
  const { method, vault, place, body, url, fault } = asked;
  switch (`${method}${name === undefined ? '' : ' one'}`) {
    case 'GET':
      return page({
        url,
        items: vault.listVariables(place),
        fault,
        most: 30,
        usual: 10,
        wrap: (shown, total_count) => ({ total_count, variables: shown }),
      });
    case 'POST':
      return vault.createVariable(place, body);
    case 'GET one':
      return vault.variable(place, name ?? '');
    case 'PATCH one':
      return vault.updateVariable(place, name ?? '', body);
    case 'DELETE one':
      return vault.deleteVariable(place, name ?? '');
    default:
      return notFound;
  }
}
