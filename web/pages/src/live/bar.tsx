// At the foot: decisions that can still be undone, what became of them, and those that come back to be decided again.
import { useEffect, useRef } from "preact/hooks";
import type { Kept } from "../client/reduce";
import { live as say } from "../words/en/live";
import type { Decisions } from "./decisions";
import type { Drafts } from "./drafts";

const SAID_FOR = 10_000; // ms

interface Props {
  said: string;
  tell: (text: string) => void;
  decisions: Decisions;
  drafts: Drafts;
  opened: string | null;
  kept: Kept;
  open: (id: string) => void;
}

export function Bar({ said, tell, decisions, drafts, opened, kept, open }: Props) {
  const undo = useRef<HTMLButtonElement>(null);
  const { held } = decisions;
  const latest = held.at(-1);
  const was = useRef<string | null>(null);

  // With a keyboard one is at the button that undoes, and back at the idea once that is gone.
  useEffect(() => {
    if (latest !== undefined) undo.current?.focus();
    else if (was.current !== null && document.activeElement === document.body) document.getElementById("idea")?.focus();
    was.current = latest?.idea ?? null;
  }, [latest?.idea]);

  useEffect(() => {
    if (said === "" || held.length > 0) return;
    const timer = setTimeout(() => tell(""), SAID_FOR);
    return () => clearTimeout(timer);
  }, [said, held]);

  const unsent = Object.entries(drafts).filter(
    ([id, draft]) => draft.notSent !== null && id !== opened && kept.ideas.has(id),
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
      {unsent.map(([id]) => (
        <p key={id} role="alert" class="row">
          {say.notSent(kept.ideas.get(id)?.reference ?? "")}
          <button class="small" onClick={() => open(id)}>
            {say.look}
          </button>
        </p>
      ))}
    </footer>
  );
}
