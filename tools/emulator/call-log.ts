import type { Emulator } from './index.ts';
import type { IngestionRequest } from './ingestion/front.ts';
import type { Call } from './journal.ts';
import type { CreateRequest, UpdateRequest } from './messages.ts';

/**
 * One line for each call and for each export, for a person who watches: when, what, what came of it, who,
 * and which key. No line holds a value or a token: what is printed of a request is a name, an id, and what
 * an update changes.
 *
 * @param emulator whose
 * @param print    takes a line
 * @returns a function that ends it
 */
export function watchCalls(
  { journal, ingestion, store }: Pick<Emulator, 'journal' | 'ingestion' | 'store'>,
  print: (line: string) => void,
): () => void {
  const nameOf = (id: string): string => {
    const known = [...store.keys(), ...store.deletedKeys()].find((key) => key.id === id);
    return known === undefined ? shown(id) : `${quoted(known.name)} ${id}`;
  };
  const idOfNew = (name: string): string =>
    store.keys().findLast((key) => key.name === name)?.id ?? '';
  const ends = [
    journal.onCall((call) => {
      const outcome = call.committed && call.outcome !== 'OK' ? `${call.outcome}*` : call.outcome;
      print(line(call.at, call.rpc, outcome, call.caller, aboutCall(call, nameOf, idOfNew)));
    }),
    ingestion.onRequest((request) => {
      const about = request.keyId === undefined ? '' : nameOf(request.keyId);
      print(line(request.at, exportOf(request), request.outcome, 'sender', about));
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Wide enough for the longest that is usual: GetSendDataApiKeys, UNAUTHENTICATED and otherTeam. */
function line(at: number, what: string, outcome: string, who: string, about: string): string {
  const time = new Date(at).toTimeString().slice(0, 8);
  const columns = [time, what.padEnd(18), outcome.padEnd(17), who.padEnd(9), about];
  return columns.join('  ').trimEnd();
}

function aboutCall(
  { rpc, request, committed }: Call,
  nameOf: (id: string) => string,
  idOfNew: (name: string) => string,
): string {
  if (request === undefined) return '';
  switch (rpc) {
    case 'CreateApiKey': {
      const { name } = request as CreateRequest;
      return `${quoted(name)} ${committed ? idOfNew(name) : ''}`.trimEnd();
    }
    case 'UpdateApiKey': {
      const change = request as UpdateRequest;
      // By then it has its new name: the line says so, and the one before has the old one.
      return [nameOf(change.key_id), ...changesIn(change)].join(', ');
    }
    case 'GetApiKey':
    case 'DeleteApiKey':
      return nameOf((request as { readonly key_id: string }).key_id);
    case 'GetSendDataApiKeys':
      return '';
  }
}

function changesIn({ new_name: name, is_active: active, ...change }: UpdateRequest): string[] {
  return [
    ...(name === undefined ? [] : [`name: ${quoted(name)}`]),
    ...(active === undefined ? [] : [`active: ${String(active)}`]),
    ...(isGiven(change.presets) ? ['presets'] : []),
    ...(isGiven(change.permissions) ? ['permissions'] : []),
    ...(change.access_policy === undefined ? [] : ['access policy']),
  ];
}

/** A message that was not sent is null, or not there. */
function isGiven(message: object | null | undefined): boolean {
  return message !== undefined && message !== null;
}

/** `logs, grpc`: OTLP's three services and three paths name their signal. */
function exportOf({ path, protocol }: IngestionRequest): string {
  const signal = /logs|trace|metrics/iu.exec(path)?.[0].toLowerCase() ?? shown(path);
  return `${signal === 'trace' ? 'traces' : signal}, ${protocol}`;
}

function quoted(text: string): string {
  return `"${shown(text)}"`;
}

/** A name is any text: what a terminal would obey is written as an escape. */
function shown(text: string): string {
  const characters = Array.from(text);
  const head = characters.slice(0, 80).join('');
  const escaped = head.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return characters.length > 80 ? `${escaped}…` : escaped;
}
