import { describe, expect, test } from '@jest/globals';
import { openTarget } from '../../../tools/conformance/target.ts';

const account = { CORALOGIX_API_KEY: 'k', CORALOGIX_TEAM_ID: '1' };
const options = {
  ...{ emulator: false, endpoint: undefined, ingestionEndpoint: undefined, caFile: undefined },
  ...{ takeRisk: false, waitMs: undefined },
};

describe('where telemetry goes', () => {
  test.each([
    [{ CORALOGIX_REGION: 'EU2' }, 'ingress.eu2.coralogix.com:443'],
    [{ CORALOGIX_DOMAIN: 'coralogix.us' }, 'ingress.coralogix.us:443'],
    [
      { CORALOGIX_DOMAIN: 'api.private.us1.coralogix.com' },
      'ingress.private.us1.coralogix.com:443',
    ],
    [{ CORALOGIX_REGION: 'GOV1' }, 'ingress.gov1.coralogixgov.us:443'],
  ])('follows from %j', async (place, endpoint) => {
    const target = await openTarget(options, { ...account, ...place });
    expect(target).toMatchObject({ isCoralogix: true, ingestion: { endpoint } });
  });

  test('is not known where the service is not the vendor’s', async () => {
    const elsewhere = { ...options, endpoint: 'api.example.com:443' };
    const target = await openTarget(elsewhere, { ...account, CORALOGIX_REGION: 'EU2' });
    expect(target).toMatchObject({ isCoralogix: false, ingestion: undefined });
  });

  test('can be given, and nothing is kept of what is not the vendor’s', async () => {
    const given = { ...options, ingestionEndpoint: 'ingress.example.com:4317' };
    const target = await openTarget(given, { ...account, CORALOGIX_REGION: 'EU2' });
    expect(target).toMatchObject({
      isCoralogix: false,
      ingestion: { endpoint: 'ingress.example.com:4317' },
    });
  });
});
