import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { JobRun } from '../../tools/job-runner/index.ts';
import { repository, type Repository } from './repository.ts';

/**
 * The log of a whole job, as a person reads it, and below it the list of annotations: files beside this
 * one, which are read line by line when they change. UPDATE_DOCS=1 writes them anew.
 */
const folder = new URL('logs/', import.meta.url);

const action = 'example-org/coralogix-api-keys-action@v1';
const always = `api_key: \${{ secrets.CORALOGIX_API_KEY }}
          team_id: \${{ vars.CORALOGIX_TEAM_ID }}`;
const storing = `secret_name: CORALOGIX_PRIVATE_KEY
          environment: production
          github_token: \${{ steps.app.outputs.token }}`;
const appToken = `      - uses: actions/create-github-app-token@v2
        id: app`;

const step = (title: string, inputs: string, more = ''): string => `      - name: ${title}${more}
        uses: ${action}
        with:
          ${inputs}`;

const workflow = (...steps: readonly string[]): string => `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: actions/checkout@v7
${steps.join('\n')}
`;

const deploy = `      - run: ./deploy.sh
        env:
          CORALOGIX_PRIVATE_KEY: \${{ steps.key.outputs.value }}`;

const rotate = (more: string): string =>
  step(
    'Rotate',
    `operation: rotate\n          name: shop/production\n          ${more}`,
    '\n        id: key',
  );

/** A rotation with its secret, a first key, and many keys at once. */
function success(place: Repository): string {
  place.seed('shop/production');
  place.seed('shop/production ~pending-20200102T030405Z-a1b2c3d4e5f6g7h8', true);
  const many = Array.from({ length: 7 }, (_, index) => place.seed(`shop/old-${index}`));
  return workflow(
    appToken,
    rotate(`${always}\n          ${storing}`),
    deploy,
    step('A first key', `operation: ensure\n          name: shop/first\n          ${always}`),
    step('Many', `operation: delete\n          key_id: ${many.join(',')}\n          ${always}`),
  );
}

/** A rotation whose job fails, after steps that fail and are not to fail it. */
async function failure(place: Repository): Promise<string> {
  place.seed('shop/production');
  await place.fail('deploy.sh');
  const goOn = '\n        continue-on-error: true';
  return workflow(
    step('Wrong inputs', `operation: create\n          hashed: maybe\n          ${always}`, goOn),
    step('Missing', `operation: get\n          name: shop/prodution\n          ${always}`, goOn),
    rotate(always),
    deploy,
  );
}

/** A job that finds all as it should be: what most jobs are. */
async function nothingToDo(place: Repository): Promise<string> {
  const off = place.seed('shop/off', false);
  const ensure = step(
    'Ensure',
    `operation: ensure\n          name: shop/production\n          ${always}\n          ${storing}`,
  );
  await place.run(workflow(appToken, ensure), {
    name: 'push',
    payload: { ref: 'refs/heads/main' },
  });
  return workflow(
    appToken,
    ensure,
    step('Deactivate', `operation: deactivate\n          key_id: ${off}\n          ${always}`),
    step('Prune', `operation: prune\n          name: shop/test/*\n          ${always}`),
    step('Read', `operation: get\n          name: shop/production\n          ${always}`),
  );
}

/** The same in each run: ids in the order in which they appear, and what differs from run to run. */
function stable(text: string): string {
  const ids: string[] = [];
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `ID-${ids.indexOf(id) + 1}`;
    })
    .replace(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu, 'CERTIFICATE')
    .replace(/localhost:\d+/gu, 'localhost:PORT')
    .replace(/"port":\d+/gu, '"port":PORT')
    .replace(/"(salt|hash)":"[0-9a-f]+"/gu, '"$1":"HEX"')
    .replace(/~pending-[0-9TZ]+-[0-9a-z]{16}/gu, '~pending-MOMENT-NONCE')
    .replace(/127\.0\.0\.1:\d+/gu, '127.0.0.1:PORT')
    .replace(/\d{4}-\d\d-\d\d(?=[ .,])/gu, 'DAY')
    .replace(/(?<=^##\[debug\]\w+, attempt \d+: .*), \d+ ms$/gmu, ', TIME ms')
    .replace(/(?<=\w*Error|Failure)(: ) +at .*$/gmu, '$1FRAMES')
    .replace(/\/[^\s"]*\/(?=(?:temp|workspace|step-|job-|coralogix-keys-))/gu, 'FOLDER/')
    .replace(/(?:step|job)-[A-Za-z0-9]{6}/gu, 'FOLDER');
}

function told({ log, annotations }: JobRun): string {
  const list = annotations.map(({ level, message, properties: { title = '' } }) =>
    [level.toUpperCase(), title, message.replaceAll('\n', '\n    ')].join('\n    '),
  );
  return stable(`${log}\n${'='.repeat(20)} annotations\n${list.join('\n')}\n`);
}

test.each([
  ['success', success, false],
  ['success-debug', success, true],
  ['failure', failure, false],
  ['failure-debug', failure, true],
  ['nothing-to-do', nothingToDo, false],
  ['nothing-to-do-debug', nothingToDo, true],
] as const)('the log of a whole job is as it was reviewed: %s', async (name, prepare, debug) => {
  const place = await repository();
  const text = await prepare(place);
  const event = { name: 'push', payload: { ref: 'refs/heads/main' } } as const;
  const { jobs } = await place.run(text, event, { debug });
  const now = jobs.map(told).join('\n');
  const file = fileURLToPath(new URL(`${name}.txt`, folder));
  if (process.env['UPDATE_DOCS'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, now);
  }
  expect(existsSync(file)).toBe(true);
  expect(now).toBe(readFileSync(file, 'utf8'));
});
