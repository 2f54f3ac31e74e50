/** What a summary says of a step besides what it achieved; what is absent is not known. */
export interface StepFacts {
  readonly operation: string;
  readonly dryRun: boolean;
  /** What it is about, as the inputs say it: a name, or a template. Text from outside. */
  readonly subject?: string;
  readonly place?: ServicePlace;
  /** The team that the inputs name. */
  readonly teamId?: number;
  readonly site?: GitHubSite;
}

/** Where the service is. */
export interface ServicePlace {
  /** `EU2`; undefined for a host that is not the vendor's. */
  readonly region: string | undefined;
  /** The vendor's domain, or else `host:port`. */
  readonly host: string;
}

/** Where the repository is that the workflow runs in. */
export interface GitHubSite {
  /** `https://github.com`. */
  readonly server: string;
  /** `owner/name`. */
  readonly repository: string;
}
