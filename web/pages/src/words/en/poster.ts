// What the poster says.
import { spoken } from "../language";

export const poster = spoken({
  which: "For which theme?",
  general: "For everything: a general invitation",
  print: "Print",
  hint: "One page, A4.",
  notOpen: "That theme is not open now; this is the general invitation.",
  failed: "The server cannot be reached just now. Please try again.",
  again: "Try again",
  theme: (title: string) => `What we work on: ${title}`,
  until: (on: string) => `until ${on}`,
  invitation: "What gets in the way? What might be better?",
  share: "Share an idea in half a minute",
  code: (address: string) => `QR code: opens ${address}`,
  scan: "Point your phone’s camera here.",
  go: "Or go to",
  choose: "and choose the theme.",
  expect: (days: number) => (days === 1 ? "Somebody answers within a day." : `Somebody answers within ${days} days.`),
  unnamed: "You needn’t give your name.",
});
