// The language that this browser shows: English, whose words are in en/ by page, or for tests one longer and mirrored.
import { pseudo } from "./pseudo";

export const language = "en-GB"; // of dates and times too

const PSEUDO = localStorage.getItem("groundswell.language") === "pseudo";
if (PSEUDO) document.documentElement.dir = "rtl";

/** A page's words as they are shown. */
export function spoken<Words>(english: Words): Words {
  return PSEUDO ? pseudo(english) : english;
}
