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
  more: (n: number) => `and ${n} more`,
  due: (on: string) => `answer by ${on}`,
  overdue: (on: string) => `answer was due ${on}`,
  until: (on: string) => `until ${on}`,
  thanks: (names: string) => `Thanks to ${names}`,
  idea: "Have an idea?",
  shareAt: "Share it at",
  code: (address: string) => `QR code: opens ${address}`,
  whose: "Whose board?",
  all: (organisation: string) => `${organisation}, all of it`,
  own: (unit: string) => `${unit} (yours)`,
  connecting: "Connecting …",
  lost: (at: string) => `Connection lost. This is as of ${at}; it goes on by itself.`,
  behind: (at: string) => `Something newer cannot be shown. This is as of ${at}; it tries again by itself.`,
  unshown: "The board cannot be shown just now. It tries again by itself.",
  arrived: (title: string) => `New: ${title}`,
});
