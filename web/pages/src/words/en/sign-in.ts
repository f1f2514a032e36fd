// What signing in says.
import { spoken } from "../language";

export const signIn = spoken({
  title: "Sign in",
  email: "E-mail address",
  password: "Password",
  go: "Sign in",
  screen: "This is a screen on a wall",
  failed: "The server cannot be reached just now. Please try again.",
});
