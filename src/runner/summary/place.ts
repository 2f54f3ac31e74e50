import type { SecretReference } from '../../core/ports.ts';
import { code, safe, joined, link, prose, type Html } from './html.ts';
import type { GitHubSite, StepFacts } from './step-facts.ts';

/**
 * Region and team. There is no link: a team's pages have its own host name
 * (https://coralogix.com/docs/user-guides/account-management/account-settings/coralogix-domain/), which no
 * input tells.
 */
export function whereOf({ place, teamId }: StepFacts, ownTeamId = teamId): Html {
  const region =
    place === undefined
      ? safe``
      : place.region === undefined
        ? code(place.host)
        : safe`${prose(place.region)} &#40;${code(place.host)}&#41;`;
  const team = ownTeamId === undefined ? safe`` : safe`team ${ownTeamId}`;
  return joined([region, team], ', ');
}

/**
 * A secret, with a link to where its place keeps them. An environment's own page has a number in its
 * address, which is not known here.
 */
export function secretPlace(secret: SecretReference, site: GitHubSite | undefined): Html {
  const { secretName, environment, repository = site?.repository } = secret;
  const of =
    environment === undefined ? safe`the repository` : safe`the environment ${code(environment)}`;
  const other =
    secret.repository === undefined
      ? safe``
      : environment === undefined
        ? safe` ${code(secret.repository)}`
        : safe` of ${code(secret.repository)}`;
  const told = safe`the secret ${code(secretName)} of ${of}${other}`;
  if (site === undefined || repository === undefined) return told;
  const page =
    environment === undefined ? ['settings', 'secrets', 'actions'] : ['settings', 'environments'];
  return safe`${told} &#40;${link(site.server, [...repository.split('/'), ...page], safe`settings`)}&#41;`;
}
