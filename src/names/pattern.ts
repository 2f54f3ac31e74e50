/**
 * Reads a pattern, in which `*` stands for any text; all else is compared exactly.
 *
 * @param pattern as the input gives it
 * @returns whether a name fits
 */
export function readPattern(pattern: string): (name: string) => boolean {
  if (!pattern.includes('*')) return (name) => name === pattern;
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const between = pieces.slice(1, -1);
  return (name) => {
    if (name.length < first.length + last.length) return false;
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    // Greedily from the left: no backtracking, so no name can make it slow.
    let at = first.length;
    const end = name.length - last.length;
    for (const piece of between) {
      const found = name.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
