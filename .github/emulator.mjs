// A step of the workflow `ci`: starts the emulator for the rest of the job, and says in its outputs
// how to reach it.
import { spawn } from 'node:child_process';
import { appendFileSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { RUNNER_TEMP: temp, GITHUB_OUTPUT: outputs } = process.env;
const connection = join(temp, 'emulator.json');
const log = join(temp, 'emulator.log');
const options = ['--json', '--ca-file', join(temp, 'emulator-ca.pem')];
spawn(process.execPath, ['build/emulator/main.js', ...options], {
  // Of a group of its own, so that it outlives this step; the runner ends it with the job.
  detached: true,
  stdio: ['ignore', openSync(connection, 'w'), openSync(log, 'w')],
}).unref();

let line = '';
for (let looks = 0; looks < 200 && !line.endsWith('\n'); looks++) {
  await sleep(100);
  line = readFileSync(connection, 'utf8');
}
if (!line.endsWith('\n')) throw new Error(`The emulator has not started. ${readFileSync(log)}`);

const { endpoint, teamId, tokens, caFile } = JSON.parse(line);
console.log(`::add-mask::${tokens.admin}`);
const lines = { endpoint, team_id: teamId, api_key: tokens.admin, ca_certificate: caFile };
for (const [name, value] of Object.entries(lines)) appendFileSync(outputs, `${name}=${value}\n`);
