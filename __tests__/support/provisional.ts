import { readStamp } from '../../src/names/stamp.ts';

/** What a provisional name tells: the final name, and when it was made; undefined for other names. */
export function readProvisional(
  candidate: string,
): { readonly name: string; readonly since: number } | undefined {
  const stamp = readStamp(candidate);
  return stamp?.kind === 'pending' ? { name: stamp.finalName, since: stamp.since } : undefined;
}
