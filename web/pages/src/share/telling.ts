// What may tell who a patient is: numbers of a record or a telephone, dates of birth, a title with a name.
const NUMBER = /(?:\d[ -]?){8,}/;
const DATE = /\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b/;
const NAMED = /\b(?:Mr|Mrs|Ms|Miss|Dr|Sister|Nurse)\.? [A-Z][a-z]+/;

/** Whether somebody should look again before sharing this. A hint and no more: it refuses nothing. */
export function mayTell(text: string): boolean {
  return [NUMBER, DATE, NAMED].some((pattern) => pattern.test(text));
}
