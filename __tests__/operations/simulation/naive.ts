import type { Outcome, Ports } from '../../../src/operations/operation.ts';
import type { Request } from '../../../src/operations/index.ts';
import { name, ensuring } from './requests.ts';

/** What a script would do: list, and create what is not there. */
export async function listThenCreate(_request: Request, { keys }: Ports): Promise<Outcome> {
  const found = (await keys.list()).find((key) => key.name === name && key.active);
  const { teamId, hashed } = ensuring();
  const { id } = found ?? (await keys.create({ name, teamId, hashed }));
  return {
    sentence: found === undefined ? 'Created it.' : 'It exists.',
    gist: found === undefined ? 'made' : 'exists',
    key: { id, name },
    created: found === undefined,
    changed: found === undefined,
    keyIds: [id],
  };
}
