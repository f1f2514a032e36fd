// What is said to who was invited.
import { spoken } from "../language";

export const welcome = spoken({
  title: "Welcome",
  intro: "Choose a password. With your e-mail address it is what you sign in with from now on.",
  password: "Password",
  hint: "At least 10 characters. A few words in a row are easy to keep in mind.",
  show: "Show it",
  go: "Begin",
  going: "One moment …",
  failed: "The server cannot be reached just now. What you wrote is still here; please try again.",
  goneTitle: "This link does not work any more",
  gone: "It was used already, or is too old: each is good once, and for 14 days.",
  missingTitle: "This link is not whole",
  missing: "Please open it again, all of it, from the message that you were given.",
  chosen: "If you have chosen a password already, sign in with it.",
  signIn: "Sign in",
  ask: "If not, ask who invited you for a new link. It takes them a moment, and nothing is lost.",
});
