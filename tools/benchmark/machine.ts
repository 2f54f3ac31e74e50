import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../job-runner/action-file.ts';
import { node24Path } from '../job-runner/index.ts';

/** Packages whose version matters for the figures. */
const packages = ['@grpc/grpc-js', '@grpc/proto-loader', '@actions/core'] as const;

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
}

/** Looks at this machine. */
export function machine(): Machine {
  const lock = JSON.parse(readFileSync(join(projectFolder(), 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
  };
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    processors: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${arch()}`,
    node: execFileSync(node24Path(), ['--version'], { encoding: 'utf8' }).trim(),
    packages: Object.fromEntries(
      packages.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? 'unknown']),
    ),
  };
}

/** The same in a sentence. */
export function describeMachine(of: Machine): string {
  const versions = Object.entries(of.packages).map(([name, version]) => `${name} ${version}`);
  return `${of.processor}, ${of.processors} processors, ${of.memoryGb} GB, ${of.system}; Node ${of.node}, ${versions.join(', ')}`;
}
