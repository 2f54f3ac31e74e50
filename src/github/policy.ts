/**
 * Refusals that no permission helps against: an owner, an organisation or an enterprise has set a rule,
 * or the plan does not have what is asked for. GitHub says so with 403 and in words only, so these are
 * its words, as public reports quote them; what is none of them keeps the hint about the permission.
 */
interface Policy {
  readonly words: RegExp;
  readonly hint: string;
}

const app = 'the token of a GitHub App';

const policies: readonly Policy[] = [
  {
    // "Resource protected by organization SAML enforcement. You must grant your Personal Access token
    // access to this organization." https://github.com/cli/cli/issues/2661
    words: /\bSAML\b|\bsingle sign-on\b/iu,
    hint: `The organisation wants single sign-on: authorize the token for it (on GitHub: Settings, Developer settings, the token, Configure SSO), or give \`github_token\` ${app}.`,
  },
  {
    // "Although you appear to have the correct authorization credentials, the `x` organization has an IP
    // allow list enabled, and your IP address is not permitted to access this resource."
    // https://github.com/aquasecurity/trivy/issues/10567
    words: /\bIP allow list\b/iu,
    hint: 'The organisation lets in the addresses of its list only: use a runner whose address is on it, or ask an owner to add this one.',
  },
  {
    // "The 'x' organization forbids access via a fine-grained personal access tokens if the token's
    // lifetime is greater than 366 days. Please adjust your token's lifetime at the following URL: …"
    // https://github.com/NixOS/org/issues/247, of classic ones: https://github.com/flcdrg/au-packages/issues/197
    words: /\btoken'?s lifetime\b/iu,
    hint: `The token is valid for longer than the organisation allows: give it an earlier end at the address that GitHub names, or give \`github_token\` ${app}.`,
  },
  {
    // "`x` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a
    // personal access token with fine-grained permissions." https://github.com/git-town/git-town/issues/4609
    words: /forbids access via a personal access tokens? \(classic\)/iu,
    hint: `The organisation takes no classic tokens: give \`github_token\` a fine-grained personal access token, or ${app}.`,
  },
  {
    // "`x` forbids access via a personal access token with fine-grained permissions. Please use a GitHub
    // App, or an OAuth App." https://github.com/mislav/hub/issues/3363
    words: /forbids access via a (?:fine-grained )?personal access token/iu,
    hint: `The organisation takes no personal access tokens: give \`github_token\` ${app}.`,
  },
  {
    // "… the `x` organization has enabled OAuth App access restrictions, meaning that data access to
    // third-parties is limited." https://github.com/gitbutlerapp/gitbutler/issues/8594
    words: /\bOAuth App access restrictions\b/iu,
    hint: `The organisation has not approved the app that the token is of: ask an owner to, or give \`github_token\` a fine-grained personal access token or ${app}.`,
  },
  {
    // "Repository was archived so is read-only." https://github.com/r-universe-org/help/issues/247
    words: /\barchived\b/iu,
    hint: 'The repository is archived, so nothing in it can be changed: unarchive it, or take the step out of its workflow.',
  },
  {
    // "Upgrade to GitHub Pro or make this repository public to enable this feature."
    // https://github.com/ossf/allstar/issues/37, and "please ensure billing plan include …"
    // https://github.com/pulumi/pulumi-github/issues/251
    words: /\bUpgrade to GitHub\b|\bbilling plan\b/iu,
    hint: "The plan of the repository's owner does not have this: environments of private repositories, for instance, are in paid plans only. Leave `environment` out to use the repository's own secrets, or change the plan.",
  },
];

/**
 * What to do about a refusal by a rule.
 *
 * @param words what GitHub said with it
 * @returns undefined when no rule is known by these words
 */
export function policyHint(words: string): string | undefined {
  return policies.find((policy) => policy.words.test(words))?.hint;
}
