import { constants } from 'node:http2';
import type { Fault } from '../../../../tools/emulator/faults.ts';
import {
  early,
  generous,
  late,
  maybe,
  short,
  type Arrange,
  type Expected,
  type Row,
  type Rows,
} from './situation.ts';

/** An emulator that meets the call like this. */
export function fault(what: Fault, deadlineMs = generous): Arrange {
  return ({ emulator }) => {
    emulator.clearFaults();
    emulator.journal.clear();
    emulator.inject({ fault: what });
    return Promise.resolve({
      target: `127.0.0.1:${emulator.port}`,
      ca: undefined,
      emulator,
      deadlineMs,
    });
  };
}

const internal = { sent: 'maybe', status: 'INTERNAL', cause: 'dropped' } as const;
const code = (number: number): RegExp =>
  new RegExp(`^Received RST_STREAM with code ${number}$`, 'u');

/** What is made of a stream that ends with an error code of HTTP/2: RFC 9113, section 7. */
const errorCodes = {
  PROTOCOL_ERROR: { ...internal, words: code(1) },
  INTERNAL_ERROR: { ...internal, words: /^Received RST_STREAM with code 2 /u },
  FLOW_CONTROL_ERROR: { ...internal, words: code(3) },
  SETTINGS_TIMEOUT: { ...internal, words: code(4) },
  STREAM_CLOSED: { ...internal, words: code(5) },
  FRAME_SIZE_ERROR: { ...internal, words: code(6) },
  // Also said of a stream that the service did carry out: the words alone prove nothing.
  REFUSED_STREAM: { ...internal, status: 'UNAVAILABLE', words: /^Stream refused by server$/u },
  CANCEL: { ...internal, status: 'CANCELLED', words: /^Call cancelled$/u },
  COMPRESSION_ERROR: { ...internal, words: code(9) },
  CONNECT_ERROR: { ...internal, words: code(10) },
  ENHANCE_YOUR_CALM: {
    ...internal,
    status: 'RESOURCE_EXHAUSTED',
    words: /^Bandwidth exhausted or memory limit exceeded$/u,
  },
  INADEQUATE_SECURITY: {
    ...internal,
    status: 'PERMISSION_DENIED',
    words: /^Protocol not secure enough$/u,
    cause: 'tls',
    reason: 'no_agreement',
  },
  HTTP_1_1_REQUIRED: { ...internal, words: code(13), cause: 'not_grpc', reason: 'http1' },
} as const satisfies Readonly<Record<string, Expected>>;

type ErrorCode = keyof typeof errorCodes;

/** For each error code, a stream that is reset, and a connection that is to be used no more. */
function rowsOf(name: ErrorCode): readonly (readonly [string, Row])[] {
  const expected = errorCodes[name];
  const number = constants[`NGHTTP2_${name}`];
  const goaway = { kind: 'goaway', code: number } as const;
  const row = (what: Fault, commits: number): Row => ({
    arrange: fault(what),
    expected: { ...expected, commits },
  });
  return [
    [`reset with ${name}`, row({ kind: 'reset', code: number }, 0)],
    [`reset with ${name} after the commit`, row({ kind: 'reset', code: number, when: 'after' }, 1)],
    [`goaway with ${name}, without the call`, row(goaway, 0)],
    [`goaway with ${name}, without the call, and the end`, row({ ...goaway, close: true }, 0)],
    [
      `goaway with ${name} after the commit, and the end`,
      row({ ...goaway, close: true, when: 'after' }, 1),
    ],
  ];
}

const dropped = /^Connection dropped$/u;
const refused = errorCodes.REFUSED_STREAM.words;

const malformed: Row = {
  ...maybe(
    fault({ kind: 'malformed-frame' }, short),
    'dropped',
    'INTERNAL',
    /^Received RST_STREAM with code 2 .*Protocol error$/u,
    { commits: 0 },
  ),
  on20: { status: 'DEADLINE_EXCEEDED', words: late, cause: 'timeout' },
};

/** What ends a call on its stream. */
export const streamRows = {
  ...Object.fromEntries((Object.keys(errorCodes) as ErrorCode[]).flatMap(rowsOf)),
  'dropped before the commit': maybe(fault({ kind: 'drop' }), 'dropped', 'UNAVAILABLE', dropped, {
    commits: 0,
  }),
  'dropped after the commit': maybe(
    fault({ kind: 'commit-then-drop' }),
    'dropped',
    'UNAVAILABLE',
    dropped,
    { commits: 1 },
  ),
  'reset with NO_ERROR after the commit': maybe(
    fault({ kind: 'reset', code: constants.NGHTTP2_NO_ERROR, when: 'after' }),
    'not_grpc',
    'INTERNAL',
    /^Received RST_STREAM with code 0 /u,
    { commits: 1, reason: 'no_status' },
  ),
  'goaway with NO_ERROR, without the call': maybe(
    fault({ kind: 'goaway' }),
    'dropped',
    'UNAVAILABLE',
    refused,
    { commits: 0 },
  ),
  'goaway with NO_ERROR, without the call, and the end': maybe(
    fault({ kind: 'goaway', close: true }),
    'dropped',
    'UNAVAILABLE',
    refused,
    { commits: 0 },
  ),
  'goaway with NO_ERROR after the commit, and the end': maybe(
    fault({ kind: 'goaway', close: true, when: 'after' }),
    'dropped',
    'UNAVAILABLE',
    dropped,
    { commits: 1 },
  ),
  'no answer': maybe(fault({ kind: 'hang' }, short), 'timeout', 'DEADLINE_EXCEEDED', late, {
    commits: 0,
  }),
  'no answer after the commit': maybe(
    fault({ kind: 'commit-then-hang' }, short),
    'timeout',
    'DEADLINE_EXCEEDED',
    late,
    { commits: 1 },
  ),
  'a malformed frame': malformed,
  'a malformed frame after an early request': early(malformed),
} as const satisfies Rows;
