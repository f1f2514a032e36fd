// What leads from page to page.
import { spoken } from "../language";

export const nav = spoken({
  label: "Other pages",
  share: "Share an idea",
  mine: "My ideas",
  board: "The board",
  live: "Live view",
  poster: "A poster",
  settings: "Settings",
  signedIn: (name: string) => `Signed in as ${name}`,
  signOut: "Sign out",
});
