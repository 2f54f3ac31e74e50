import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { callTimeoutMs, nameOf, openChannel, type Place } from './connection.ts';
import type { Replies, Requests, Rpc } from './messages.ts';
import { Redaction, Secret } from './secret.ts';

// The same two levels up from tools/conformance and from build/conformance.
const protoPath = fileURLToPath(
  new URL('../../proto/com/coralogixapis/aaa/apikeys/v3/api_keys.proto', import.meta.url),
);
const serviceName = 'com.coralogixapis.aaa.apikeys.v3.ApiKeysService';
const definition = loadSync(protoPath, {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
})[serviceName] as grpc.ServiceDefinition;

/** What came of a call: a reply, or the status in place of it. */
export type Answer<R extends Rpc> =
  | { readonly status: 'OK'; readonly reply: Replies[R] }
  /** The status by its name (`status 99` if it has none), and what was said with it, cleaned. */
  | { readonly status: string; readonly reply?: undefined; readonly details: string };

/** Where to, as whom. */
export interface Connection extends Place {
  /** The caller's key. */
  readonly token: string;
}

/** Calls the service with nothing but grpc-js and the `.proto`: no part of what it is to judge. */
export class Client {
  readonly redaction = new Redaction();
  readonly #client: grpc.Client;
  readonly #token: string;

  constructor({ token, ...place }: Connection) {
    this.#token = token;
    this.redaction.add(token);
    this.#client = openChannel(place);
  }

  /**
   * Makes a call, once.
   *
   * @param token  another caller's key; empty for none at all
   * @param signal ends it early, with the status CANCELLED
   */
  call<R extends Rpc>(
    rpc: R,
    request: Requests[R],
    { token = this.#token, signal }: { token?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<Answer<R>> {
    this.redaction.add(token);
    const method = definition[rpc];
    if (method === undefined) throw new Error(`The .proto has no ${rpc}.`);
    const metadata = new grpc.Metadata();
    if (token !== '') metadata.set('authorization', `Bearer ${token}`);
    metadata.set('x-cx-correlation-id', randomUUID());
    return new Promise((resolve) => {
      const call = this.#client.makeUnaryRequest<object, unknown>(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadata,
        { deadline: Date.now() + callTimeoutMs },
        (error, reply) => {
          signal?.removeEventListener('abort', cancel);
          if (error === null) resolve({ status: 'OK', reply: this.#sealed(reply) as Replies[R] });
          else
            resolve({ status: nameOf(error.code), details: this.redaction.apply(error.details) });
        },
      );
      const cancel = (): void => {
        call.cancel();
      };
      if (signal?.aborted === true) cancel();
      else signal?.addEventListener('abort', cancel);
    });
  }

  close(): void {
    this.#client.close();
  }

  /** The same message, its values sealed, and known to the redaction before anybody sees it. */
  #sealed(message: unknown): unknown {
    if (Array.isArray(message)) return message.map((each) => this.#sealed(each));
    if (typeof message !== 'object' || message === null) return message;
    return Object.fromEntries(
      Object.entries(message).map(([field, content]) => {
        if (field !== 'value' || typeof content !== 'string') return [field, this.#sealed(content)];
        this.redaction.add(content);
        return [field, content === '' ? undefined : new Secret(content)];
      }),
    );
  }
}
