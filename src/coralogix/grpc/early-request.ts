import http2 from 'node:http2';

type Connect = (...given: Parameters<typeof http2.connect>) => http2.ClientHttp2Session;

/** The connection that was allowed an early request. */
export interface EarlyRequest {
  /** Ends the allowance, if no connection has been made by then. */
  readonly forbid: () => void;
  /** Whether the host has answered in HTTP/2; true where no connection came about. */
  readonly isHeard: () => boolean;
}

/**
 * Lets the next HTTP/2 connection of this process carry requests at once. HTTP/2 allows a client to
 * speak before the server has (RFC 9113, section 3.4); the transport waits for the server's settings
 * all the same, which costs one more round trip, and it has no option for that. What it waits for is
 * an event of the session (grpc-js 1.14.7, `transport.ts`, `createSession`), so it gets one as soon
 * as the session stands. The settings that the server sends are heeded when they come. A transport
 * that waits for something else goes on waiting.
 *
 * A request that leaves so early may get lost with the connection. So this is nothing for a Create,
 * of which it would then be unknown whether it arrived.
 */
export function allowEarlyRequest(): EarlyRequest {
  const module: { connect: Connect } = http2;
  const { connect } = module;
  let isHeard = true;
  const forbid = (): void => {
    module.connect = connect;
  };
  module.connect = (...given) => {
    forbid();
    const session = connect(...given);
    session.once('connect', () => {
      session.emit('remoteSettings', session.remoteSettings);
      isHeard = false;
      // A host that speaks HTTP/2 acknowledges our settings (RFC 9113, section 6.5.3) before it takes
      // a request. The event of its own settings does not come any more: on the way, the transport
      // takes off all listeners, also the one by which Node learns that somebody waits for it.
      session.once('localSettings', () => {
        isHeard = true;
      });
    });
    return session;
  };
  return { forbid, isHeard: () => isHeard };
}
