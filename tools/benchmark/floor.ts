/**
 * The least that a program on Node must do to make a key: one call over TLS with `node:http2` and
 * nothing else, its outcome checked, one output written, exit. What the action's start is compared with.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { createSecureContext, type SecureContext } from 'node:tls';

const { env } = process;
const ca = readFileSync(env['FLOOR_CA'] ?? '', 'utf8');

/** The usual roots and one more, in the quickest way that there is. */
function usualRootsAnd(certificate: string): SecureContext {
  const context = createSecureContext();
  (context.context as { addCACert: (pem: string) => void }).addCACert(certificate);
  return context;
}

const session = connect(
  env['FLOOR_ENDPOINT'] ?? '',
  env['FLOOR_ROOTS'] === 'usual' ? { secureContext: usualRootsAnd(ca) } : { ca },
);
const call = session.request({
  ':method': 'POST',
  ':path': '/com.coralogixapis.aaa.apikeys.v3.ApiKeysService/CreateApiKey',
  'content-type': 'application/grpc',
  te: 'trailers',
  authorization: `Bearer ${env['FLOOR_TOKEN'] ?? ''}`,
});
let status: unknown;
const chunks: Buffer[] = [];
call.on('response', (headers) => (status = headers['grpc-status']));
call.on('trailers', (trailers: Readonly<Record<string, unknown>>) => {
  status = trailers['grpc-status'];
});
call.on('data', (chunk: Buffer) => chunks.push(chunk));
call.on('end', () => {
  const reply = Buffer.concat(chunks);
  if (status !== '0' || reply.length < 6) throw new Error(`The call failed: ${String(status)}.`);
  appendFileSync(env['FLOOR_OUTPUT'] ?? '', `bytes=${reply.length}\n`);
  process.exit(0);
});
call.end(Buffer.from(env['FLOOR_REQUEST'] ?? '', 'base64'));
