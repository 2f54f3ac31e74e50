import type { Reason } from './transport.ts';

/**
 * What to do about a handshake that failed.
 *
 * @param reason what is known of it
 * @param place  the input that says where the service is
 */
export function tlsHint(reason: Reason | undefined, place: string): string {
  const hint = reason && hints[reason];
  return hint === undefined ? other(place) : hint(place);
}

const hints: Readonly<Partial<Record<Reason, (place: string) => string>>> = {
  no_tls: (place) => `The port speaks no TLS: check the port in ${place}.`,
  wrong_name: (place) =>
    place === '`endpoint`'
      ? 'The certificate is for another host: use the name that it was made for in `endpoint`.'
      : `The certificate is for another host, so something on the way may have answered: check ${place}, and whoever runs the network knows.`,
  no_http2: (place) =>
    `The host, or what inspects TLS on the way to it, does not speak HTTP/2: check ${place}, and whoever runs the network knows.`,
  expired: () => 'The certificate of the host has expired: ask whoever runs the host to renew it.',
  not_yet_valid: () => 'The certificate is not valid yet: check the clock of the runner.',
  old_tls: (place) =>
    `The host speaks no TLS of version 1.2 or later: check ${place}; whoever runs the host has to allow a later version.`,
  no_agreement: (place) =>
    `The host found no way to encrypt that it takes, or it wants a certificate of the client, of which this action has none: check ${place}.`,
  untrusted: () =>
    'If a proxy or a private endpoint with its own certificate authority is in between, give that authority in `ca_certificate`.',
  client_certificate: (place) =>
    `The host wants to see a certificate of the client (mutual TLS), and this action has none: check ${place}.`,
  unknown_name: (place) => `The host does not know the name that it was asked for: check ${place}.`,
};

function other(place: string): string {
  return `Check ${place}, and whether something on the way inspects TLS: whoever runs the network knows.`;
}
