import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmulator } from '../../tools/emulator/index.ts';
import { freshFolder, node24Path } from '../../tools/job-runner/index.ts';
import { workflow } from '../tools/workflow/command.ts';
import { buf } from '../support/buf.ts';
import { page as textOf } from '../support/pages.ts';
import { shellPath } from '../../tools/job-runner/script-step.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const runFile = promisify(execFile);

/** How a kind of commands is run. */
export interface Here {
  readonly like: RegExp;
  /**
   * @returns what it printed
   * @throws Error when it did not do what it is for
   */
  readonly run: (command: string) => Promise<string>;
}

/** Commands of the pages that are run. */
export const here: readonly Here[] = [
  { like: /^npm test -- __tests__\//u, run: jest },
  {
    like: /^git archive HEAD \| gzip \| wc -c$/u,
    run: async (command: string): Promise<string> => {
      const { stdout } = await runFile(shellPath('bash'), ['-o', 'pipefail', '-c', command], {
        cwd: root,
      });
      if (Number(stdout) > 100_000) return stdout;
      throw new Error(`An archive of ${stdout} bytes.`);
    },
  },
  {
    like: /^npm run (?:--silent )?emulator(?: -- |$)/u,
    run: (command) => listening(argsOf(command)),
  },
  {
    like: /^npm run (?:--silent )?workflow -- /u,
    run: async (command: string): Promise<string> => {
      const { code, stdout, stderr } = await workflow(argsOf(command));
      if (code === 0) return stdout;
      throw new Error(`Exit code ${code ?? 'none'}. ${stderr}${stdout}`);
    },
  },
  { like: /^npx buf curl /u, run: bufCurl },
];

/** Words as a shell has them, where quotes are single or double and nothing else is special. */
export function words(command: string): readonly string[] {
  return (command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/gu) ?? []).map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/gu, (_, single?: string, double?: string) => {
      return single ?? double ?? '';
    }),
  );
}

/** Those of `npm run NAME -- …`. */
function argsOf(command: string): readonly string[] {
  return words(/ -- (.*)$/u.exec(command)?.[1] ?? '');
}

/** Runs the tests as `npm test` would, which compiles the tools first. */
async function jest(command: string): Promise<string> {
  const { scripts } = JSON.parse(await textOf('package.json')) as {
    readonly scripts: { readonly test: string };
  };
  const start = scripts.test.split(' && node ')[1]?.split(' ') ?? [];
  const folder = await freshFolder('report-');
  try {
    const report = join(folder, 'report.json');
    const args = [...start, ...argsOf(command), '--json', `--outputFile=${report}`];
    const { stdout } = await runFile(process.execPath, args, { cwd: root });
    const { numPassedTests } = JSON.parse(await readFile(report, 'utf8')) as {
      readonly numPassedTests: number;
    };
    if (numPassedTests > 0) return stdout;
    throw new Error('There is no such test.');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Starts an emulator as its command line says, and ends it once it has said all that it has to. */
async function listening(args: readonly string[]): Promise<string> {
  const folder = await freshFolder('emulator-');
  const main = join(root, 'tools/emulator/main.ts');
  const child = spawn(node24Path(), [main, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (!/ act -P |^\{.*\}$/mu.test(said)) continue;
      const [, ca] = / --ca-file (\S+)/u.exec(args.join(' ')) ?? [];
      if (ca !== undefined && !existsSync(join(folder, ca))) throw new Error('There is no CA.');
      return said;
    }
    throw new Error(`It has ended, and said: ${said}`);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks an emulator with `buf`, in the place of CA_FILE and PORT. */
async function bufCurl(command: string): Promise<string> {
  const emulator = await startEmulator();
  const folder = await freshFolder('ca-');
  try {
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, emulator.caCertificate);
    const filled = words(command).map((word) =>
      word.replace('CA_FILE', ca).replace('PORT', String(emulator.port)),
    );
    const stdout = String(await buf(filled.slice(2)));
    if (stdout.includes('ApiKeysService')) return stdout;
    throw new Error(`It said: ${stdout}`);
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true });
  }
}
