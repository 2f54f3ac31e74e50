/** A table for people. */
export interface Table {
  readonly title: string;
  /** What it says and what not, in sentences. */
  readonly note: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure that is to be kept. */
export interface Goal {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** One part of the bench: what it measured. */
export interface Section {
  /** For the JSON: all figures, as numbers. */
  readonly figures: object;
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
}

/** What all parts are told. */
export interface BenchOptions {
  /** How often everything that is short is measured. */
  readonly rounds: number;
  /** Tells how far it is. */
  readonly progress: (message: string) => void;
}
