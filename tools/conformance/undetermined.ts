/** The question could not be asked, or what came is no answer to it. */
export class Undetermined extends Error {
  override readonly name = 'Undetermined';
}
