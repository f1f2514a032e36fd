// The words of the language that this browser shows: English, or for tests one that is longer and mirrored.
import { words as english } from "./en";
import { pseudo } from "./pseudo";

const PSEUDO = localStorage.getItem("groundswell.language") === "pseudo";
if (PSEUDO) document.documentElement.dir = "rtl";

export const words = PSEUDO ? pseudo(english) : english;
export { language } from "./en";
