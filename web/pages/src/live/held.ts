// Decisions that wait five seconds, so that they can be undone; who leaves the page has decided.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Idea } from "../client/feed";
import { token } from "../client/session";

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

/** `leave`: as `send`, with a token that is good now, or null: a page that is being left can wait for none. */
export function useHeld(send: (held: Held) => void, leave: (held: Held, bearer: string | null) => void): Holding {
  const [all, setAll] = useState<readonly Held[]>([]);
  const waiting = useRef(new Map<string, { held: Held; timer: ReturnType<typeof setTimeout> }>());
  const bearer = useRef<string | null>(null);
  const latest = useRef({ send, leave });
  latest.current = { send, leave };

  function take(idea: string): Held | undefined {
    const found = waiting.current.get(idea);
    clearTimeout(found?.timer);
    waiting.current.delete(idea);
    setAll([...waiting.current.values()].map(({ held }) => held));
    return found?.held;
  }

  function go(idea: string): void {
    const held = take(idea);
    if (held !== undefined) latest.current.send(held);
  }

  useEffect(() => {
    function left() {
      for (const idea of [...waiting.current.keys()]) {
        const held = take(idea);
        if (held !== undefined) latest.current.leave(held, bearer.current);
      }
    }
    addEventListener("pagehide", left);
    return () => removeEventListener("pagehide", left);
  }, []);

  return {
    all,
    hold(held) {
      take(held.idea);
      waiting.current.set(held.idea, { held, timer: setTimeout(() => go(held.idea), WAIT) });
      setAll([...waiting.current.values()].map((each) => each.held));
      // Good for a minute at least from now on, and so for longer than anything is held.
      token().then(
        (given) => {
          bearer.current = given;
        },
        () => {}, // the server is away
      );
    },
    drop: (idea) => void take(idea),
  };
}
