import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshFolder } from '../job-runner/index.ts';

/** What stands for the repository whose workflows run. */
export interface Repository {
  readonly workspace: string;
  /** A folder of programs that steps find first. */
  readonly commands: string;
  /** A file with the value that a script was given last. */
  readonly handedOver: string;
  readonly remove: () => Promise<void>;
}

// They print the key on purpose: the log has to show *** in its place.
const deploy = `echo "Deploying $ENVIRONMENT$BRANCH with the key $CORALOGIX_PRIVATE_KEY."
printf %s "$CORALOGIX_PRIVATE_KEY" > handed-over`;
const smokeTest = `test "$ENVIRONMENT" != production || { echo "No answer from $ENVIRONMENT."; exit 1; }
echo "$ENVIRONMENT answers."`;
const npm = `echo "12 tests passed, and their logs were sent with the key $CORALOGIX_PRIVATE_KEY."
printf %s "$CORALOGIX_PRIVATE_KEY" > handed-over`;

/** Makes the scripts that the workflows of docs/examples call. */
export async function makeRepository(): Promise<Repository> {
  const folder = await freshFolder('demo-');
  const workspace = join(folder, 'workspace');
  const commands = join(folder, 'commands');
  await script(workspace, 'deploy.sh', deploy);
  await script(workspace, 'smoke-test.sh', smokeTest);
  await script(commands, 'npm', npm);
  return {
    workspace,
    commands,
    handedOver: join(workspace, 'handed-over'),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function script(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(folder, name), 0o755);
}
