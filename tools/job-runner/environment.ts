/** What a process needs of the machine's own environment, and nothing that could change its result. */
const passed =
  process.platform === 'win32'
    ? [
        'APPDATA',
        'ComSpec',
        'HOMEDRIVE',
        'HOMEPATH',
        'LOCALAPPDATA',
        'NUMBER_OF_PROCESSORS',
        'Path',
        'PATHEXT',
        'PROCESSOR_ARCHITECTURE',
        'ProgramData',
        'ProgramFiles',
        'SystemDrive',
        'SystemRoot',
        'TEMP',
        'TMP',
        'USERPROFILE',
        'windir',
      ]
    : ['HOME', 'LANG', 'PATH', 'TMPDIR'];

const systems: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'macOS',
  linux: 'Linux',
  win32: 'Windows',
};

const architectures: Readonly<Partial<Record<NodeJS.Architecture, string>>> = {
  arm: 'ARM',
  arm64: 'ARM64',
  ia32: 'X86',
  x64: 'X64',
};

/** The `runner` context. */
export interface RunnerContext {
  readonly os: string;
  readonly arch: string;
  readonly name: string;
  readonly temp: string;
  readonly tool_cache: string;
  /** Absent unless debug logging is on. */
  readonly debug?: string;
}

/**
 * The `runner` context of this machine.
 *
 * @param folders where the job may put what it downloads and what it needs for a while
 * @param debug   whether debug logging is on
 */
export function runnerContext(
  folders: { readonly temp: string; readonly toolCache: string },
  debug: boolean,
): RunnerContext {
  return {
    os: systems[process.platform] ?? process.platform,
    arch: architectures[process.arch] ?? process.arch,
    name: 'Local step runner',
    temp: folders.temp,
    tool_cache: folders.toolCache,
    ...(debug ? { debug: '1' } : {}),
  };
}

/** The context as environment variables. */
export function runnerEnvironment(context: RunnerContext): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(context as unknown as Readonly<Record<string, string>>).map(([name, value]) => [
      `RUNNER_${name.toUpperCase()}`,
      value,
    ]),
  );
}

/** What passes from this process's environment to the step's. */
export function machineEnvironment(): Readonly<Record<string, string>> {
  const present = passed.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(present);
}

/**
 * Lays environments on top of each other, later ones first; `undefined` takes a variable away.
 * Names match without regard to case on Windows, where the system does so too.
 */
export function overlaid(
  ...layers: readonly Readonly<Record<string, string | undefined>>[]
): Readonly<Record<string, string>> {
  const result = new Map<string, readonly [string, string]>();
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer))) {
    const key = process.platform === 'win32' ? name.toUpperCase() : name;
    if (value === undefined) result.delete(key);
    else result.set(key, [result.get(key)?.[0] ?? name, value]);
  }
  return Object.fromEntries(result.values());
}
