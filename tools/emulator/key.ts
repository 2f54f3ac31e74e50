/** What a caller's own key allows: everything, the list only, or nothing. */
export type Permissions = 'manage' | 'read' | 'none';

/** Who owns a key: one of the three kinds that `Owner` has in the service's schema. */
export type Owner =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'team'; readonly teamId: number }
  | { readonly kind: 'organisation'; readonly organisationId: string };

/** Who stands behind a bearer token. */
export interface Caller {
  readonly teamId: number;
  readonly permissions: Permissions;
}

/** A part of `KeyInfo` that a reply can lack: a message that is not there. */
export type UntoldField = 'owner' | 'key_permissions';

/** A key as the store holds it: one state of it, never changed, only replaced. */
export interface StoredKey {
  readonly id: string;
  /** In which team's account it is: whose callers see it and act on it, whoever owns it. */
  readonly teamId: number;
  /** Undefined when it was made without one. */
  readonly owner: Owner | undefined;
  readonly name: string;
  readonly active: boolean;
  readonly hashed: boolean;
  /** Names of presets, as they were given. */
  readonly presets: readonly string[];
  /** Permissions besides those of the presets, as they were given. */
  readonly permissions: readonly string[];
  /** JSON text, as it was given. */
  readonly accessPolicy: string | undefined;
  /** Undefined for a hashed key: the store does not hold what it cannot disclose. */
  readonly value: string | undefined;
  /** When it was made, by the store's clock. */
  readonly createdAt: number;
  /** What reads leave out, as of a key that is older than these fields. */
  readonly untold: readonly UntoldField[];
}

/** A key as reads return it: the value only where it is disclosed. */
export type KeyView = Omit<StoredKey, 'createdAt'>;

/** A key that is there from the start, of any shape. */
export interface SeededKey {
  readonly teamId: number;
  readonly name: string;
  /** The team by default. */
  readonly owner?: Owner;
  /** True by default. */
  readonly active?: boolean;
  /** False by default. */
  readonly hashed?: boolean;
  /** `SendData` by default, unless there are `permissions`. */
  readonly presets?: readonly string[];
  readonly permissions?: readonly string[];
  readonly accessPolicy?: string;
  /** What reads leave out; nothing by default. */
  readonly untold?: readonly UntoldField[];
}

/** What to make. */
export interface CreateArguments {
  readonly name: string;
  readonly owner: Owner | undefined;
  readonly presets: readonly string[];
  readonly permissions: readonly string[];
  readonly hashed: boolean;
  readonly accessPolicy?: string | undefined;
}

/** The key that was made. The only dependable reply that carries the value. */
export interface Created {
  readonly keyId: string;
  readonly name: string;
  readonly value: string;
}

/** What to change; what is absent or undefined stays. */
export interface UpdateArguments {
  readonly keyId: string;
  readonly newName?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly presets?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
  /** An empty text removes the policy. */
  readonly accessPolicy?: string | undefined;
}

/** Something that happened to a key, told at the moment it takes effect in the store. */
export interface Commit {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly key: StoredKey;
  /** By the store's clock. */
  readonly at: number;
}
