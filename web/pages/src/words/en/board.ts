// What the board says.
import { spoken } from "../language";

export const board = spoken({
  organisation: "The whole organisation",
  themes: "What we work on",
  newIdeas: "New since yesterday",
  awaiting: "Awaiting our answer",
  testing: "Testing now",
  wins: "Wins and thanks",
  empty: "Nothing here yet.",
  anonymous: "Somebody",
  due: (on: string) => `answer by ${on}`,
  until: (on: string) => `until ${on}`,
  early: "early win",
  thanks: (names: string) => `Thanks to ${names}`,
  connecting: "Connecting …",
  lost: (at: string) => `Connection lost. This is as of ${at}; it goes on by itself.`,
  arrived: (title: string) => `New: ${title}`,
});
