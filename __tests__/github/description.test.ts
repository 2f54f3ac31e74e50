import { describe, expect, test } from '@jest/globals';
import { answerProblems, requestProblems } from '../../tools/github/description.ts';
import { startGitHubServer } from '../../tools/github/server.ts';

/** Sends as a client would that knows nothing of GitHub. */
async function send(
  url: string,
  [method, path, body]: readonly [method: string, path: string, body?: object],
  token: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const json = { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `token ${token}`, ...(body === undefined ? {} : json) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

const repository = '/repos/acme/shop';
const places = [`${repository}/actions`, `${repository}/environments/production`];

/** All that the local GitHub can do. */
const all: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['GET', `${repository}/branches?per_page=100&page=1`],
  ['GET', `${repository}/pulls?state=all&sort=created&direction=asc`],
  ['GET', `${repository}/environments`],
  ['GET', `${repository}/environments/production`],
  ['GET', `${repository}/environments/none`],
  ...places.flatMap(
    (place) =>
      [
        ['GET', `${place}/secrets/public-key`],
        ['PUT', `${place}/secrets/CX_KEY`, { key_id: '0', encrypted_value: 'AAAA' }],
        ['GET', `${place}/secrets/CX_KEY`],
        ['GET', `${place}/secrets/OTHER`],
        ['GET', `${place}/variables?per_page=30`],
        ['GET', `${place}/variables/CX_KEY_RECORD`],
        ['PATCH', `${place}/variables/CX_KEY_RECORD`, { value: 'new' }],
        ['PATCH', `${place}/variables/NONE`, { value: 'new' }],
        ['POST', `${place}/variables`, { name: 'CX_KEY_RECORD', value: 'x' }],
        ['POST', `${place}/variables`, { name: 'GITHUB_X', value: 'x' }],
        ['POST', `${place}/variables`, { name: 'NEW', value: 'x' }],
        ['DELETE', `${place}/variables/NEW`],
        ['DELETE', `${place}/secrets/CX_KEY`],
        ['DELETE', `${place}/secrets/CX_KEY`],
      ] as const,
  ),
];

describe('the local GitHub', () => {
  test.each([
    'github',
    'personal',
    'weak',
    'blind',
    'no_variables',
    'read_only',
    'scopeless',
  ] as const)('answers a %s token as GitHub describes it', async (kind) => {
    const server = await startGitHubServer({
      environments: ['production'],
      pulls: [{ number: 3, state: 'open' }],
    });
    for (const place of ['', 'production/']) {
      server.secrets.set(`${place}CX_KEY`, 'secret');
      server.variables.set(`${place}CX_KEY_RECORD`, 'text');
    }
    const statuses = new Set<number>();
    for (const each of all) {
      const { status } = await send(server.url, each, server.tokens[kind]);
      statuses.add(status);
    }
    // Or its answers would not have been as described.
    await server.stop();
    const expected = {
      github: [200, 404, 403],
      personal: [200, 404, 422, 204, 409, 201],
      weak: [403],
      blind: [404],
      no_variables: [200, 404, 422, 403, 204, 409, 201],
      read_only: [200, 404, 403],
      scopeless: [200, 404],
    };
    expect(statuses).toEqual(new Set(expected[kind]));
  });

  test.each([
    ['there is no GET', 'GET', '/repos/acme/shop/branchs', undefined],
    [
      'nothing is called perpage in the query',
      'GET',
      `${repository}/branches?perpage=100`,
      undefined,
    ],
    ['per_page: it must be integer', 'GET', `${repository}/branches?per_page=many`, undefined],
    ['it has a body', 'DELETE', `${places[0]}/variables/X`, { value: 'x' }],
    ["it must have required property 'value'", 'POST', `${places[0]}/variables`, { name: 'X' }],
    ['nothing is called text in the body', 'PATCH', `${places[0]}/variables/X`, { text: 'x' }],
    [
      '/encrypted_value must be string',
      'PUT',
      `${places[1]}/secrets/X`,
      { encrypted_value: 1, key_id: '1' },
    ],
    [
      '/encrypted_value must match pattern',
      'PUT',
      `${places[1]}/secrets/X`,
      { encrypted_value: '?', key_id: '1' },
    ],
    ['its body is called no JSON', 'POST', `${places[0]}/variables`, undefined],
  ])('is not stopped without a word when %s', async (problem, method, path, body) => {
    const server = await startGitHubServer({ environments: ['production'] });
    const asked = body === undefined ? ([method, path] as const) : ([method, path, body] as const);
    await send(server.url, asked, server.tokens.personal);
    await expect(server.stop()).rejects.toThrow(problem);
  });
});

describe("GitHub's description", () => {
  const request = { method: 'GET', contentType: undefined, body: '' };
  const secret = { ...request, path: `${places[0]}/secrets/X` };

  test('tells a key from a secret that has its name', () => {
    const path = `${places[0]}/secrets/public-key`;
    expect(requestProblems({ ...request, path })).toEqual([]);
    expect(
      answerProblems({ ...request, path }, { status: 200, body: { name: 'public-key' } }),
    ).toEqual(["it must have required property 'key_id'", "it must have required property 'key'"]);
  });

  test.each([
    [
      { status: 200, body: { name: 'X', created_at: '', updated_at: 1 } },
      '/updated_at must be string',
    ],
    [{ status: 404, body: { message: 'Not Found' } }, 'the status 404 is none that it has'],
    [{ status: 404, body: { message: 1 }, undescribed: 'why' }, '/message must be string'],
    [{ status: 200, body: {}, undescribed: 'why' }, "must have required property 'name'"],
  ])('is not what %j is', (answer, problem) => {
    expect(answerProblems(secret, answer).join()).toContain(problem);
  });
});
