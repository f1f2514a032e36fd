// How a test reads along: what an example shows, as lines of JSON; and how it is told what to do, by lines of text.
import { createInterface } from "node:readline";

/** What is shown now: `list`, all its lines; `alert`, what was refused; `status`, why it is not live; `field`, what is being written. */
export interface Seen {
  list: readonly string[];
  alert: string | null;
  status: string | null;
  field?: string;
}

/** `item`: one of the feed that was taken. */
export type Told = { item: { __typename: string; cursor: string } } | Seen;

export function tell(told: Told): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

/** "share WORDS", "support REFERENCE", "mend" or "more", until the input ends: then the program does. */
export function obey(orders: Record<string, (rest: string) => void>): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const [order = "", ...rest] = line.split(" ");
    orders[order]?.(rest.join(" "));
  });
  lines.on("close", () => process.exit(0));
}

/** The server that examples are tried with, unless SERVER says otherwise. */
export const HERE = "http://127.0.0.1:8000";

/** A setting of the environment. */
export function given(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise;
  if (value === undefined) throw new Error(`Set ${name}.`);
  return value;
}

/** Where there is no localStorage, as in Node: what is kept as long as the program runs. */
export function memory(): Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length"> {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    key: (n) => [...kept.keys()][n] ?? null,
    get length() {
      return kept.size;
    },
  };
}
