import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '../../src/core/secret.ts';
import type { Endpoint } from '../../src/network/endpoint.ts';
import { senderSettings } from '../../src/network/sender-settings.ts';

const ingress: Endpoint = {
  host: 'ingress.eu2.coralogix.com',
  port: 443,
  secure: true,
  loopback: false,
};

/** As an SDK reads OTEL_EXPORTER_OTLP_HEADERS: pairs between commas, the values percent-encoded. */
function readHeaders(text: string): readonly (readonly [string, string])[] {
  return text.split(',').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim(), decodeURIComponent(value.join('=').trim())] as const;
  });
}

// What a header's value may hold: https://www.w3.org/TR/baggage/#value.
const baggage = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/u;

describe('the headers for senders', () => {
  test.each([
    ['cxtp_AbC123', 'Authorization=Bearer%20cxtp_AbC123'],
    ['a b', 'Authorization=Bearer%20a%20b'],
    ['a,b=c;d%e+f/g"h\\i', 'Authorization=Bearer%20a%2Cb%3Dc%3Bd%25e%2Bf%2Fg%22h%5Ci'],
    ['%20', 'Authorization=Bearer%20%2520'],
    ['ü\u{1f511}', 'Authorization=Bearer%20%C3%BC%F0%9F%94%91'],
  ])('hold the value %j percent-encoded', (value, headers) => {
    expect(senderSettings(ingress, new Secret(value)).otlpHeaders).toBe(headers);
  });

  test('are read as one header with the value by who reads them as specified', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        const { otlpHeaders = '' } = senderSettings(ingress, new Secret(value));
        expect(readHeaders(otlpHeaders)).toEqual([['Authorization', `Bearer ${value}`]]);
        expect(otlpHeaders.slice('Authorization='.length)).toMatch(baggage);
      }),
    );
  });

  test('are secret as a whole and in each part that somebody could print', () => {
    const { secrets } = senderSettings(ingress, new Secret('a+b/c='));
    expect(secrets).toEqual([
      ...['a+b/c=', 'a%2Bb%2Fc%3D', 'Bearer%20a%2Bb%2Fc%3D'],
      'Authorization=Bearer%20a%2Bb%2Fc%3D',
    ]);
  });

  test('are not there without a value, nor is anything secret then', () => {
    const settings = senderSettings(ingress, undefined);
    expect(settings).toEqual({
      domain: 'eu2.coralogix.com',
      otlpEndpoint: 'https://ingress.eu2.coralogix.com:443',
      otlpHeaders: undefined,
      secrets: [],
    });
  });
});

describe('the endpoint for senders', () => {
  test.each<[Partial<Endpoint>, string]>([
    [{}, 'https://ingress.eu2.coralogix.com:443'],
    [{ host: '127.0.0.1', port: 4317, secure: false }, 'http://127.0.0.1:4317'],
    [{ host: '2001:db8::1', port: 4317 }, 'https://[2001:db8::1]:4317'],
  ])('is a URL with its port: %j', (change, url) => {
    const { otlpEndpoint = '' } = senderSettings({ ...ingress, ...change }, undefined);
    expect(otlpEndpoint).toBe(url);
    expect(new URL(otlpEndpoint).pathname).toBe('/');
  });

  test('is as unknown as the ingestion, and the headers do not need it', () => {
    const { domain, otlpEndpoint, otlpHeaders } = senderSettings(undefined, new Secret('v'));
    expect([domain, otlpEndpoint, otlpHeaders]).toEqual([
      ...[undefined, undefined, 'Authorization=Bearer%20v'],
    ]);
  });
});
