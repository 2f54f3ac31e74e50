/** What a thing was from a moment on; undefined from its deletion on. */
export interface Version<State> {
  readonly at: number;
  readonly state: State | undefined;
}

/** The states of one thing over time, so far back as somebody may still read them. */
export class History<State> {
  #versions: Version<State>[] = [];
  #last: State | undefined;

  /**
   * Adds what the thing is from now on.
   *
   * @param version not older than the one before
   * @param horizon nobody will read the state of an earlier moment again
   */
  add(version: Version<State>, horizon: number): void {
    this.#last = this.now();
    const current = this.#versions.findLastIndex((past) => past.at <= horizon);
    if (current > 0) this.#versions.splice(0, current);
    this.#versions.push(version);
  }

  /** What it is. */
  now(): State | undefined {
    return this.#versions.at(-1)?.state;
  }

  /** What it was then; undefined when it did not exist. */
  asOf(moment: number): State | undefined {
    for (let index = this.#versions.length - 1; index >= 0; index -= 1) {
      const version = this.#versions[index];
      if (version !== undefined && version.at <= moment) return version.state;
    }
    return undefined;
  }

  /** What it was before it was deleted; undefined while it exists. */
  beforeDeletion(): State | undefined {
    return this.now() === undefined ? this.#last : undefined;
  }
}
