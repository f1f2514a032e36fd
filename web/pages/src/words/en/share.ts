// What the share page says.
import { spoken } from "../language";

export const share = spoken({
  title: "Share an idea",
  theme: "For which theme?",
  noTheme: "None of these",
  problem: "What gets in the way?",
  problemHint: "No names of patients or colleagues, please.",
  solution: "What might be better?",
  solutionHint: "If you have an idea. It needn’t be ready.",
  anonymous: "Without my name",
  anonymousHint: "Your name is not shown to anybody. You can give it later, but not take it back.",
  expect: (days: number) => `Somebody answers within ${days} days.`,
  send: "Share it",
  sending: "Sharing …",
  sent: (reference: string) => `Thank you. ${reference} is on the board.`,
  another: "Share another",
  kept: "Thank you. There is no connection just now: it is kept here, and shared once there is.",
  similar: "Is it one of these?",
  supporters: (count: number) => (count === 1 ? "1 colleague supports it" : `${count} colleagues support it`),
  support: "Support it instead",
  supportIt: (title: string) => `Support it instead: ${title}`,
  supported: (reference: string) => `You support ${reference}. Thank you.`,
  notSupported: "The server cannot be reached just now. Please try again.",
  mayTell: "Could this tell who a patient or a colleague is? Please leave out numbers, dates of birth and names.",
  notOpen: "The theme of that poster is not open now. Your idea is welcome all the same.",
  mine: "My ideas",
});
