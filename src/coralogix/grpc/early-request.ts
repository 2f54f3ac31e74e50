import http2 from 'node:http2';

type Connect = (...given: Parameters<typeof http2.connect>) => http2.ClientHttp2Session;

/**
 * Lets the next HTTP/2 connection of this process carry requests at once. HTTP/2 allows a client to
 * speak before the server has (RFC 9113, section 3.4); the transport waits for the server's settings
 * all the same, which costs one more round trip, and it has no option for that. What it waits for is
 * an event of the session, so it gets one as soon as the session stands. The settings that the
 * server sends are heeded when they come. A transport that waits for something else goes on waiting.
 *
 * A request that leaves so early may get lost with the connection. So this is nothing for a Create,
 * of which it would then be unknown whether it arrived.
 *
 * @returns a function that ends it, if no connection has been made by then
 */
export function allowEarlyRequest(): () => void {
  const module: { connect: Connect } = http2;
  const { connect } = module;
  const end = (): void => {
    module.connect = connect;
  };
  module.connect = (...given) => {
    end();
    const session = connect(...given);
    session.once('connect', () => session.emit('remoteSettings', session.remoteSettings));
    return session;
  };
  return end;
}
