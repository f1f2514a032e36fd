// What is said to who pairs a screen.
import { spoken } from "../language";

export const pair = spoken({
  title: "Pair a screen",
  what: "The screen then shows the board of its unit: no comments, and names only of those who agreed to it.",
  code: "The code on the screen",
  unit: "Whose board?",
  all: (organisation: string) => `${organisation}, all of it`,
  name: "What is the screen called?",
  nameHint: "Where it hangs, so that you know it again when it is off.",
  go: "Pair it",
  going: "Pairing …",
  done: (name: string) => `“${name}” shows the board now`,
  after: "It may take a few seconds. You can rename or unpair it in the settings at any time.",
  screens: "To the screens in the settings",
  board: "See what it shows",
  nothing: "Screens are paired by those who lead a unit and by administrators.",
  failed: "The server cannot be reached just now. Please try again.",
  broken: "That did not work, and it is not your doing. Please try again.",
});
