/**
 * The transport's words without what tells the reader nothing, or tells him to start Node in another
 * way, which a step of a workflow cannot. The wrapping is that of grpc-js 1.14.7
 * (`load-balancer-pick-first.ts`, `transport.ts`), Node 24 and OpenSSL 3.
 *
 * @param details the transport's words
 */
export function withoutWrapping(details: string): string {
  return details
    .replace(/^No connection established\. Last error: (?:Error: )?/u, '')
    .split('Resolution note:', 1)
    .join('')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/u, '')
    .replace(/; if the root CA is installed locally, .*? --use-system-ca/u, '')
    .replace(/^[\dA-F]+:error:[\dA-F]+:SSL routines:[^:]*:([^:]*):[^\n]*\n?/u, '$1');
}
