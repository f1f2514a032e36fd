// What a screen says while it waits to be paired.
import { spoken } from "../language";

export const pairing = spoken({
  title: "Pair this screen",
  revoked: "This screen was unpaired",
  connecting: "Connecting …",
  how: (address: string) => `Whoever leads the unit scans this, or opens ${address} and types the code:`,
  label: "The way to approve this screen",
  loopback:
    "This address works on this computer alone: a phone needs the one that this computer has in your network, which whoever runs the server can set.",
  instead: "Sign in here instead",
});
