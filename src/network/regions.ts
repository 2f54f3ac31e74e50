/**
 * The vendor's regions, and the names that they have had. From the page
 * https://coralogix.com/docs/integrations/coralogix-endpoints/, and for the older domains and the aliases
 * from the vendor's SDKs and its Terraform provider.
 */
export interface Region {
  readonly name: string;
  /** Other names that the vendor's tools take for it. */
  readonly aliases: readonly string[];
  readonly domain: string;
  /** Domains of older documentation and SDKs. */
  readonly legacyDomains: readonly string[];
}

/** All of them. */
export const regions: readonly Region[] = [
  region('EU1', 'eu1.coralogix.com', ['EUROPE1'], ['coralogix.com']),
  region('EU2', 'eu2.coralogix.com', ['EUROPE2']),
  region('US1', 'us1.coralogix.com', ['USA1'], ['coralogix.us']),
  region('US2', 'us2.coralogix.com', ['USA2'], ['cx498.coralogix.com']),
  region('US3', 'us3.coralogix.com', ['USA3']),
  region('AP1', 'ap1.coralogix.com', ['APAC1'], ['coralogix.in', 'app.coralogix.in']),
  region('AP2', 'ap2.coralogix.com', ['APAC2'], ['coralogixsg.com']),
  region('AP3', 'ap3.coralogix.com', ['APAC3']),
  region('GOV1', 'gov1.coralogixgov.us'),
];

function region(
  name: string,
  domain: string,
  aliases: readonly string[] = [],
  legacyDomains: readonly string[] = [],
): Region {
  return { name, aliases, domain, legacyDomains };
}

/** The regions' names, as the `region` input takes them. */
export const regionNames: readonly string[] = regions.map(({ name }) => name);

/**
 * The region that has this name or alias, in any case.
 *
 * @param text what may be one
 */
export function regionNamed(text: string): Region | undefined {
  const wanted = text.toUpperCase();
  return regions.find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
}

/**
 * The region that a domain belongs to, be it that of today or an older one.
 *
 * @param name a domain, in lower case
 */
export function regionAt(name: string): Region | undefined {
  return regions.find(
    ({ domain, legacyDomains }) => domain === name || legacyDomains.includes(name),
  );
}

// `eu3`, should there be one some day: a region of its own, and not a team of EU1 with that name.
const likeRegion = /^[a-z]{2,4}\d{1,3}$/u;

/**
 * The domain of today of a host name: of a domain of the vendor's, old or new, or of what people copy
 * from their browser, where a team's name stands before it (`https://<team>.app.<domain>/`,
 * `https://<team>.<older domain>/`). A host that is none of these is a domain as it stands.
 *
 * @param host in lower case, without scheme, port and path
 */
export function domainOf(host: string): string {
  const itself = regionAt(host);
  if (itself !== undefined) return itself.domain;
  const [first = '', ...rest] = host.split('.');
  const parent = rest[0] === 'app' ? rest.slice(1).join('.') : rest.join('.');
  if (rest[0] === 'app' && parent.includes('.')) return regionAt(parent)?.domain ?? parent;
  return likeRegion.test(first) ? host : (regionAt(parent)?.domain ?? host);
}
