// Decisions that wait five seconds, so that they can be undone; who leaves the page has decided.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Idea } from "../client/feed";

export const WAIT = 5_000; // ms

export interface Held {
  idea: string;
  reference: string;
  to: Idea["status"];
  reason: string;
  version: number; // of the idea that was looked at
  since: string; // the cursor then
}

export interface Holding {
  all: readonly Held[];
  hold: (held: Held) => void;
  /** Takes it out without sending it. */
  drop: (idea: string) => void;
}

export function useHeld(send: (held: Held) => void): Holding {
  const [all, setAll] = useState<readonly Held[]>([]);
  const waiting = useRef(new Map<string, { held: Held; timer: ReturnType<typeof setTimeout> }>());
  const latest = useRef(send);
  latest.current = send;

  function take(idea: string): Held | undefined {
    const found = waiting.current.get(idea);
    clearTimeout(found?.timer);
    waiting.current.delete(idea);
    setAll([...waiting.current.values()].map(({ held }) => held));
    return found?.held;
  }

  function go(idea: string): void {
    const held = take(idea);
    if (held !== undefined) latest.current(held);
  }

  useEffect(() => {
    const leave = () => [...waiting.current.keys()].forEach(go);
    addEventListener("pagehide", leave);
    return () => removeEventListener("pagehide", leave);
  }, []);

  return {
    all,
    hold(held) {
      take(held.idea);
      waiting.current.set(held.idea, { held, timer: setTimeout(() => go(held.idea), WAIT) });
      setAll([...waiting.current.values()].map((each) => each.held));
    },
    drop: (idea) => void take(idea),
  };
}
