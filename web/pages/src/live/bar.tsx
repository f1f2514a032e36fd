// At the foot: decisions that can still be undone, what became of them, and those that come back to be decided again.
import { useEffect, useRef } from "preact/hooks";
import { live as say } from "../words/en/live";
import type { Decisions } from "./decisions";
import type { Change, Drafts } from "./drafts";

const SAID_FOR = 10_000; // ms

interface Props {
  said: string;
  tell: (text: string) => void;
  decisions: Decisions;
  drafts: Drafts;
  opened: string | null;
  missing: ReadonlySet<string>;
  change: Change;
  open: (id: string) => void;
}

export function Bar({ said, tell, decisions, drafts, opened, missing, change, open }: Props) {
  const undo = useRef<HTMLButtonElement>(null);
  const { held } = decisions;
  const latest = held.at(-1);
  const were = useRef<readonly string[]>([]);

  // With a keyboard one is at the button that undoes, and back at the idea once that is gone; whoever went on to type
  // stays where they are, whatever else was held before.
  useEffect(() => {
    const before = were.current;
    were.current = held.map((each) => each.idea);
    const lost = before.length > held.length && document.activeElement === document.body;
    if (latest !== undefined && (lost || !before.includes(latest.idea))) undo.current?.focus();
    else if (lost) document.getElementById("idea")?.focus();
  }, [held]);

  useEffect(() => {
    if (said === "" || held.length > 0) return;
    const timer = setTimeout(() => tell(""), SAID_FOR);
    return () => clearTimeout(timer);
  }, [said, held]);

  const unsent = Object.entries(drafts).filter(
    ([id, draft]) => draft.notSent !== null && (id !== opened || missing.has(id)),
  );
  return (
    <footer class={said === "" && held.length + unsent.length === 0 ? "bar nothing" : "bar"}>
      <p role="status" class="outcome">
        {said}
      </p>
      {held.map((each) => (
        <button
          key={each.idea}
          ref={each === latest ? undo : null}
          class="small"
          aria-label={`${say.undo} (${each.reference})`}
          onClick={() => decisions.undo(each)}
        >
          {say.undo}
          {held.length > 1 && ` (${each.reference})`}
        </button>
      ))}
      {unsent.map(([id, { reference }]) => (
        <p key={id} role="alert" class="row">
          {missing.has(id) ? say.notSentGone(reference) : say.notSent(reference)}
          <button
            class="small"
            onClick={() => (missing.has(id) ? change(id, () => ({ to: "", notSent: null })) : open(id))}
          >
            {missing.has(id) ? say.seen : say.look}
          </button>
        </p>
      ))}
    </footer>
  );
}
