import http2, {
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultTable } from './fault-table.ts';
import type { Journal } from './journal.ts';
import type { RateLimit } from './rate-limit.ts';
import { send, statusOf, type Reply } from './reply.ts';
import { rpcOfPath, type RpcName } from './rpc.ts';
import { decodeRequest } from './service.ts';
import { statusName } from './status.ts';
import { applyFault } from './apply-fault.ts';
import { plain, responseHeaders, type Upstream } from './upstream.ts';
import { RawConnection } from './raw-connection.ts';

/** What the proxy needs. */
export interface FaultProxyOptions {
  readonly upstream: Upstream;
  readonly faults: FaultTable;
  readonly rateLimit: RateLimit;
  readonly journal: Journal;
  /** Who sends this `authorization` header, for the journal. */
  readonly callerOf: (authorization: string | undefined) => string;
  /** Every call waits so many milliseconds before anything is done. */
  readonly delayMs: number;
}

/** Where a stream came from. */
interface Origin {
  readonly rawConnection: RawConnection;
  readonly peer: string;
  readonly connection: number;
}

/**
 * What callers connect to. It takes every HTTP/2 stream apart from the connection it is on, asks
 * the table whether the call meets a fault, and passes it on to the real gRPC server if not: so
 * every fault is possible at every point, for one call alone, with nothing of grpc-js touched.
 */
export class FaultProxy {
  readonly #options: FaultProxyOptions;
  readonly #rawConnections = new Set<RawConnection>();
  readonly #stopped = new AbortController();

  constructor(options: FaultProxyOptions) {
    this.#options = options;
  }

  /**
   * Serves a connection.
   *
   * @param socket     ready for HTTP/2: encrypted already, if it is to be
   * @param connection its number in the journal
   */
  accept(socket: Socket, connection: number): void {
    const rawConnection = new RawConnection(socket);
    const origin = {
      rawConnection,
      connection,
      peer: `${socket.remoteAddress}:${socket.remotePort}`,
    };
    this.#rawConnections.add(rawConnection);
    rawConnection.on('close', () => this.#rawConnections.delete(rawConnection));
    const session = http2.performServerHandshake(rawConnection, { maxSessionMemory: 1024 });
    // Callers vanish and break off at will: that is their business, and not an error of ours.
    session.on('error', () => undefined);
    rawConnection.on('error', () => undefined);
    session.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      const rpc = rpcOfPath(headers[':path'] ?? '');
      if (rpc === undefined) this.#relay(stream, headers);
      else this.#answer(rpc, stream, headers, origin).catch(() => stream.destroy());
    });
  }

  /** Ends all connections at once. */
  stop(): void {
    this.#stopped.abort();
    for (const rawConnection of this.#rawConnections) rawConnection.destroy();
  }

  async #answer(
    rpc: RpcName,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    { rawConnection, peer, connection }: Origin,
  ): Promise<void> {
    const { upstream, faults, rateLimit, journal, callerOf, delayMs } = this.#options;
    const fault = rateLimit.take() ?? faults.take(rpc);
    const metadata = plain(headers);
    const entry = journal.open({
      rpc,
      peer,
      connection,
      caller: callerOf(headers.authorization),
      at: Date.now(),
      metadata: redacted(metadata),
    });
    if (fault !== undefined) entry.outcome = fault.kind;
    const body = await received(stream);
    if (body === undefined) {
      entry.outcome = 'CANCELLED';
      return;
    }
    entry.request = decodeRequest(rpc, body.subarray(5));
    const pause = (milliseconds: number): Promise<void> =>
      sleep(milliseconds, undefined, { signal: this.#stopped.signal });
    if (delayMs > 0) await pause(delayMs);

    const commit = async (): Promise<Reply> => {
      // What happens when a caller gives up is told by the faults alone, not by its deadline.
      const passedOn = { ...metadata };
      delete passedOn['grpc-timeout'];
      const reply = await upstream.call(headers[':path'] ?? '', passedOn, body);
      const status = statusName(statusOf(reply));
      entry.committed = status === 'OK';
      if (fault === undefined) entry.outcome = status;
      return reply;
    };
    const settle = (): void => {
      journal.settle(entry);
    };
    if (fault !== undefined) {
      await applyFault(fault, { stream, rawConnection, commit, settle, pause });
      return;
    }
    const reply = await commit();
    settle();
    send(stream, reply);
  }

  /** Other services, reflection and health: straight through, as they may be streams. */
  #relay(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const far = this.#options.upstream.open(headers[':path'] ?? '', plain(headers));
    far.on('error', () => stream.destroy());
    stream.on('close', () => far.destroy());
    stream.pipe(far);
    far.on('response', (head, flags) => {
      if (stream.destroyed) return;
      const isAll = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(responseHeaders(head), { endStream: isAll, waitForTrailers: !isAll });
      if (isAll) return;
      let trailers: OutgoingHttpHeaders = {};
      far.on('trailers', (tail: IncomingHttpHeaders) => (trailers = plain(tail)));
      stream.on('wantTrailers', () => {
        stream.sendTrailers(trailers);
      });
      far.pipe(stream);
    });
  }
}

/** The whole of what a caller sends; undefined when it breaks off. */
function received(stream: ServerHttp2Stream): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    stream.on('close', () => {
      resolve(undefined);
    });
  });
}

function redacted(headers: OutgoingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name === 'authorization' ? '***' : String(value),
    ]),
  );
}
