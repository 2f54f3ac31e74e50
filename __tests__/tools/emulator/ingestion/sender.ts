import http from 'node:http';
import https from 'node:https';
import grpc from '@grpc/grpc-js';
import type { Emulator } from '../../../../tools/emulator/index.ts';
import { words, type Signal } from '../../../../tools/emulator/ingestion/otlp.ts';

/** A request of three log records, as bytes that any protobuf library would make of it. */
export const threeLogRecords = Buffer.from([0x0a, 8, 0x12, 6, 0x12, 0, 0x12, 0, 0x12, 0]);

/** What to send, with which key. */
export interface Sent {
  /** Its value; undefined for a request without `authorization`. */
  readonly key?: string | undefined;
  /** `logs` by default. */
  readonly signal?: Signal;
  /** Empty by default. */
  readonly message?: Buffer;
}

/** Makes a key of the emulator's team, or of the other one's. */
export function newKey(
  emulator: Emulator,
  { hashed = false, otherTeam = false } = {},
): { readonly keyId: string; readonly value: string; readonly token: string } {
  const token = otherTeam ? emulator.tokens.otherTeam : emulator.tokens.admin;
  const teamId = emulator.teamId + (otherTeam ? 1 : 0);
  const owner = { kind: 'team', teamId } as const;
  const made = emulator.store.create(token, {
    ...{ name: 'sender', owner, presets: ['SendData'], permissions: [], hashed },
  });
  return { keyId: made.keyId, value: made.value, token };
}

/** An answer in gRPC; `reply` is the message, empty when there is none. */
interface GrpcAnswer {
  readonly code: number;
  readonly details: string;
  readonly reply: Buffer;
}

/** Sends over gRPC with a plain grpc-js client; what it was told. */
export function sendGrpc(
  { ingestion, caCertificate }: Emulator,
  { key, signal = 'logs', message = Buffer.alloc(0) }: Sent,
  deadlineMs = 20_000,
): Promise<GrpcAnswer> {
  const { host, protocol } = new URL(ingestion.endpoint);
  const credentials =
    protocol === 'http:'
      ? grpc.credentials.createInsecure()
      : grpc.credentials.createSsl(Buffer.from(caCertificate));
  const client = new grpc.Client(host, credentials, { 'grpc.enable_retries': 0 });
  const metadata = new grpc.Metadata();
  if (key !== undefined) metadata.set('authorization', `Bearer ${key}`);
  return new Promise((resolve) => {
    client.makeUnaryRequest<Buffer, Buffer>(
      `/${words[signal].service}/Export`,
      (bytes) => bytes,
      (bytes) => bytes,
      message,
      metadata,
      { deadline: Date.now() + deadlineMs },
      (error, reply = Buffer.alloc(0)) => {
        client.close();
        resolve({ code: error?.code ?? 0, details: error?.details ?? '', reply });
      },
    );
  });
}

/** An answer in HTTP. */
export interface HttpAnswer {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What differs from a sender's usual request. */
interface HttpOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: http.OutgoingHttpHeaders;
}

/** Sends over HTTP/1.1 with Node's own client; rejects when the connection breaks. */
export function sendHttp(
  { ingestion, caCertificate }: Emulator,
  { key, signal = 'logs', message = Buffer.alloc(0) }: Sent,
  { method = 'POST', path = words[signal].path, headers = {} }: HttpOptions = {},
): Promise<HttpAnswer> {
  const url = new URL(path, ingestion.endpoint);
  const { request } = url.protocol === 'http:' ? http : https;
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const type = { 'content-type': 'application/x-protobuf' };
  return new Promise((resolve, reject) => {
    const options = {
      ...{ method, ca: caCertificate, agent: false },
      headers: { ...type, ...authorization, ...headers },
    };
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(message);
  });
}
