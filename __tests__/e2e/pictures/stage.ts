import type { Emulator } from '../../../tools/emulator/index.ts';
import type { JobStatus, StepRun } from '../../../tools/job-runner/index.ts';
import type { GitHubServer, GitHubServerOptions } from '../../../tools/github/server.ts';
import { startProxy } from '../../support/proxy.ts';
import { act, actAfter, emulated } from '../harness.ts';
import { gitHub } from '../life-github.ts';

/** Names are taken for the vendor's own, so that a summary looks as it will: a proxy leads to the emulator. */
const hosts = ['api.eu2.coralogix.com', 'ingress.eu2.coralogix.com'] as const;

type Inputs = Readonly<Record<string, string | undefined>>;

/** What a scene is played on. */
export interface Stage {
  readonly emulator: Emulator;
  readonly server: GitHubServer;
  /** Makes a key as if somebody had made it long ago. */
  readonly seed: (name: string, active?: boolean) => { readonly id: string };
  /** Runs a step's main script. */
  readonly main: (inputs: Inputs) => Promise<StepRun>;
  /** Runs the end of the job after it. */
  readonly jobEnd: (inputs: Inputs, main: StepRun, status: JobStatus) => Promise<StepRun>;
}

/** Sets up an emulator, a GitHub with a production environment, and a proxy that gives them the real names. */
export async function stage(options: GitHubServerOptions = {}): Promise<Stage> {
  const emulator = await emulated({ extraNames: hosts });
  const server = await gitHub({ environments: ['production'], ...options });
  const { store, teamId } = emulator;
  const proxy = await startProxy({
    kind: 'lead to',
    port: (target) => (target.startsWith('ingress.') ? emulator.ingestion.port : emulator.port),
  });
  const given = (inputs: Inputs): Inputs => ({
    ...{ endpoint: undefined, region: 'EU2' },
    ...(['create', 'ensure', 'rotate'].includes(inputs['operation'] ?? '')
      ? { team_id: String(teamId) }
      : {}),
    ...inputs,
  });
  const acting = {
    env: { HTTPS_PROXY: `http://${proxy.authority}` },
    github: {
      repository: server.repository,
      api_url: server.url,
      server_url: 'https://github.com',
    },
  };
  return {
    emulator,
    server,
    seed(name, active = true) {
      const [made] = store.add({ teamId, name, active });
      if (made === undefined) throw new Error('Nothing was made.');
      return made;
    },
    main: (inputs) => act(emulator, given(inputs), acting),
    jobEnd: (inputs, main, jobStatus) =>
      actAfter(emulator, main, given(inputs), { ...acting, jobStatus }),
  };
}
