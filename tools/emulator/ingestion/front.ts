import type { ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { send, statusOf } from '../reply.ts';
import { statusName } from '../status.ts';
import { plain, type Upstream } from '../upstream.ts';
import type { GatewayBehaviour, IngestionBehaviour } from './behaviour.ts';
import type { Gateway } from './gateway.ts';
import { answerHttp, maxBodyBytes, type HttpAnswer } from './http.ts';
import type { Ingress, OtlpProtocol } from './ingress.ts';
import type { Exchange } from './exchange.ts';

/** A request that reached the port: what tests count. It holds no key's value. */
export interface IngestionRequest {
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  readonly protocol: OtlpProtocol;
  readonly path: string;
  /** The id of the key that it was sent with; undefined when that is no key. */
  readonly keyId: string | undefined;
  /**
   * The status by its name over gRPC, the status's number over HTTP, or what the gateway did in place
   * of passing it on; `pending` until then.
   */
  readonly outcome: string;
}

/** What the front needs. */
export interface FrontOptions {
  readonly ingress: Ingress;
  readonly gateway: Gateway;
  /** To the gRPC server. */
  readonly upstream: Upstream;
  readonly behaviour: () => IngestionBehaviour;
}

/** The path, on the same port, under which the emulator tells what each key has sent. */
export const receivedPath = '/emulator/received';

/** What senders connect to: the gateway, and behind it the ingress, in the protocol of the request. */
export class Front {
  readonly requests: IngestionRequest[] = [];
  readonly #options: FrontOptions;
  readonly #listeners = new Set<(request: IngestionRequest) => void>();

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /** Serves a request. */
  serve(exchange: Exchange): void {
    this.#answer(exchange).catch(() => exchange.body.destroy());
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { gateway, ingress } = this.#options;
    const { path } = exchange;
    if (path === receivedPath) {
      const body = JSON.stringify(ingress.receivedByKey());
      exchange.answer({ status: 200, headers: { 'content-type': 'application/json' }, body });
      return;
    }
    const grpcStream = streamOfGrpc(exchange);
    const protocol = grpcStream === undefined ? 'http' : 'grpc';
    const keyId = ingress.keyIdOf(exchange.headers.authorization ?? '');
    const entry: OpenRequest = { at: Date.now(), protocol, path, keyId, outcome: 'pending' };
    this.requests.push(entry);
    const body = await received(exchange.body);

    const behaviour = gateway.next();
    if (behaviour !== 'passes') {
      this.#settle(entry, behaviour);
      this.#refuse(behaviour, exchange, grpcStream);
    } else if (grpcStream === undefined) {
      const answer = this.#answerHttp(exchange, body);
      this.#settle(entry, String(answer.status));
      exchange.answer(answer);
    } else {
      const reply = await this.#options.upstream.call(path, plain(exchange.headers), body);
      this.#settle(entry, statusName(statusOf(reply)));
      send(grpcStream, reply);
    }
  }

  /** Tells of every request once its outcome is known; gives a function that ends it. */
  onRequest(listener: (request: IngestionRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #settle(entry: OpenRequest, outcome: string): void {
    entry.outcome = outcome;
    for (const listener of this.#listeners) listener(entry);
  }

  #refuse(
    behaviour: GatewayBehaviour,
    exchange: Exchange,
    grpcStream: ServerHttp2Stream | undefined,
  ): void {
    if (behaviour === 'resets') exchange.resetConnection();
    const answer = this.#options.gateway.answer(behaviour);
    if (answer === undefined) return;
    if (grpcStream !== undefined && answer.grpc !== undefined) send(grpcStream, answer.grpc);
    else exchange.answer(answer.http);
  }

  #answerHttp({ method, path, headers }: Exchange, body: Buffer): HttpAnswer {
    const { ingress, behaviour } = this.#options;
    const request = { method, path, headers, body };
    return answerHttp(request, (sent) => ingress.take(sent), behaviour().acceptsJson ?? false);
  }
}

/** An entry until its outcome is known. */
type OpenRequest = { -readonly [Field in keyof IngestionRequest]: IngestionRequest[Field] };

/** The stream to answer on in gRPC, where the request is one. */
function streamOfGrpc({ stream, headers }: Exchange): ServerHttp2Stream | undefined {
  return headers['content-type']?.startsWith('application/grpc') === true ? stream : undefined;
}

/** The whole body; of one that is too long only enough to see that. */
async function received(body: Readable): Promise<Buffer> {
  const enough = maxBodyBytes + 64 * 1024;
  const chunks: Buffer[] = [];
  let length = 0;
  // Read to its end all the same: who is still sending hears no answer.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (length < enough) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks);
}
