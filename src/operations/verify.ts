import type { CreatedKey } from '../core/ports.ts';
import { quote } from '../core/text.ts';
import type { CreateOptions } from './create-options.ts';
import type { Ports } from './operation.ts';
import type { Proof } from './verifier.ts';

/**
 * Proves that a key works that this run has made, where that is asked for.
 *
 * @param made    the key
 * @param request whether it is
 * @param ports   the world
 * @throws `not_verified`, with what speaks against it
 */
export async function proveNew(
  { id, value }: CreatedKey,
  { name, verify }: Pick<CreateOptions, 'name' | 'verify'>,
  { verifier }: Pick<Ports, 'verifier'>,
): Promise<Proof | undefined> {
  if (!verify) return undefined;
  const trial = await verifier.prove(value);
  if (trial.kind === 'proven') return trial.proof;
  throw trial.why.with({
    sentence: `So the new key ${quote(name)} (${id}) is not proven to work, and is not used.`,
  });
}

/** What the log says of a proof, as a sentence with a blank before it. */
export function told(proof: Proof | undefined): string {
  return proof === undefined
    ? ''
    : ` It works: accepted by ${proof.authority} after ${(proof.afterMs / 1000).toFixed(1)} s, where a made-up key is refused.`;
}
