// Taken once: in a test runner's sandbox, every look at a global costs more than the arithmetic.
const { floor, imul } = Math;

/**
 * Pseudo-random numbers: the same seed gives the same numbers, on every machine. Streams with
 * different seeds have nothing to do with each other, so that leaving one caller out of a schedule
 * leaves what all others draw as it was.
 */
export class Prng {
  #state: number;

  /** @param seed any text */
  constructor(seed: string) {
    this.#state = hashOf(seed);
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + floor(this.fraction() * (high - low + 1));
  }

  /** Whether something happens that has this probability. */
  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of these. */
  pick<T>(first: T, ...others: readonly T[]): T {
    const index = this.between(0, others.length);
    return index === 0 ? first : (others[index - 1] ?? first);
  }

  /** Lower-case hexadecimal digits. */
  digits(count: number): string {
    let text = '';
    while (text.length < count) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, count);
  }

  /** A UUID: neither the ids nor their order tell when a key was made. */
  uuid(): string {
    const all = this.digits(30);
    const [a, b, c, d] = [all.slice(0, 8), all.slice(8, 12), all.slice(12, 15), all.slice(15, 18)];
    return `${a}-${b}-4${c}-8${d}-${all.slice(18)}`;
  }

  /** 32 bits. */
  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return scrambled(this.#state);
  }
}

/** Spreads every bit of a number over all 32. */
function scrambled(number: number): number {
  let mixed = number;
  mixed = imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = scrambled(hash ^ (character.codePointAt(0) ?? 0)) + 1;
  return hash | 0;
}
