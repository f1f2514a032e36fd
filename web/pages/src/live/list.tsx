// The lists: what waits longest, and what is newest. They never move under somebody who reads.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Idea } from "../client/feed";
import { live as say } from "../words/en/live";
import type { Desk, Shown } from "./desk";
import { type Filter, held, type Lists as Ids, MARKED_FOR, marks, settle, wanted } from "./lists";
import { due } from "./said";

const FEW = 5; // fewer that wait, and more are asked for
const SCROLLED = 8; // px

interface Props {
  shown: Shown;
  filter: Filter;
  opened: string | null;
  now: number;
  open: (id: string) => void;
  desk: () => Desk | null;
}

export function Lists({ shown, filter, opened, now, open, desk }: Props) {
  const { kept, units, reach, more } = shown;
  const box = useRef<HTMLDivElement>(null);
  const newest = useRef<HTMLHeadingElement>(null);
  const before = useRef<{ ids: Ids; reach: Shown["reach"] } | null>(null);
  const marked = useRef<ReadonlyMap<string, number>>(new Map());
  const [focused, setFocused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const [busy, setBusy] = useState(false);

  // At a desk the lists scroll by themselves, on a phone the page does.
  useEffect(() => {
    const look = () => setScrolled((box.current?.scrollTop ?? 0) > SCROLLED || scrollY > SCROLLED);
    box.current?.addEventListener("scroll", look);
    addEventListener("scroll", look);
    return () => removeEventListener("scroll", look);
  }, []);

  const ought = useMemo(
    () => wanted(kept, filter, units, reach),
    [kept.ideas, filter.theme, filter.unit, units, reach],
  );
  const ids = settle(before.current?.ids ?? null, ought, focused || scrolled, before.current?.reach !== reach);
  before.current = { ids, reach };
  marked.current = marks(marked.current, ids, shown.arrived, now);
  const waiting = held(ids, ought);

  useEffect(() => {
    if (ought.waiting.length < FEW && more.waiting !== null) void ask("waiting");
  }, [ought.waiting.length, more.waiting]);

  async function ask(which: "waiting" | "latest"): Promise<void> {
    if (busy) return;
    setBusy(true);
    await desk()
      ?.more(which)
      .catch(() => {}); // the button is still there
    setBusy(false);
  }

  // The button to ask for more goes with the last of them: a keyboard goes on from its list.
  const pressed = useRef<"waiting" | "latest" | null>(null);
  function askFor(which: "waiting" | "latest") {
    pressed.current = which;
    void ask(which);
  }
  useEffect(() => {
    const which = pressed.current;
    if (which === null || more[which] !== null) return;
    pressed.current = null;
    if (document.activeElement === document.body) document.getElementById(which)?.focus();
  }, [more.waiting, more.latest]);

  function show() {
    before.current = null;
    setFocused(false);
    box.current?.scrollTo(0, 0);
    newest.current?.focus();
  }

  const card = (id: string) => (
    <Card
      key={id}
      idea={kept.ideas.get(id)}
      fresh={now - (marked.current.get(id) ?? -MARKED_FOR) < MARKED_FOR}
      opened={id === opened}
      open={() => open(id)}
    />
  );
  return (
    <div
      class="lists"
      ref={box}
      onFocusIn={(event) => setFocused(!(event.target instanceof HTMLHeadingElement))}
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null;
        if (to === null || !event.currentTarget.contains(to)) setFocused(false);
      }}
    >
      <p class="new">
        {waiting > 0 && (
          <button class="small" onClick={show}>
            {say.show(waiting)}
          </button>
        )}
      </p>
      <div>
        <section aria-labelledby="waiting">
          <h2 id="waiting" tabIndex={-1}>
            {say.waiting}
          </h2>
          {ids.waiting.length === 0 && <p class="quiet">{say.nothingWaits}</p>}
          <ul aria-labelledby="waiting">{ids.waiting.map(card)}</ul>
          {more.waiting !== null && (
            <button class="small plain" aria-disabled={busy} onClick={() => askFor("waiting")}>
              {say.moreWaiting}
            </button>
          )}
        </section>
        <section aria-labelledby="latest">
          <h2 id="latest" ref={newest} tabIndex={-1}>
            {say.latest}
          </h2>
          {ids.latest.length === 0 && <p class="quiet">{say.nothingYet}</p>}
          <ul aria-labelledby="latest">{ids.latest.map(card)}</ul>
          {more.latest !== null && (
            <button class="small plain" aria-disabled={busy} onClick={() => askFor("latest")}>
              {say.older}
            </button>
          )}
        </section>
      </div>
    </div>
  );
}

interface CardProps {
  idea: Idea | undefined;
  fresh: boolean;
  opened: boolean;
  open: () => void;
}

function Card({ idea, fresh, opened, open }: CardProps) {
  if (idea === undefined) return <li class="card quiet">{say.gone}</li>;
  const answer = due(idea);
  return (
    <li>
      <button
        class={`card${fresh ? " fresh" : ""}`}
        data-idea={idea.id}
        aria-current={opened ? "true" : undefined}
        onClick={open}
      >
        <span class="title">
          {fresh && <span class="chip new-one">{say.fresh}</span>} {idea.title}
        </span>
        <span class="quiet">
          {idea.author?.name ?? say.somebody}
          {idea.unit && ` · ${idea.unit.name}`}
          {idea.theme && ` · ${idea.theme.title}`}
        </span>
        <span class="quiet">
          {answer ? <span class={answer.over ? "over" : ""}>{answer.text}</span> : say.statuses[idea.status]}
          {idea.supportCount > 0 && ` · ${say.support(idea.supportCount)}`}
          {idea.commentCount > 0 && ` · ${say.comments(idea.commentCount)}`}
        </span>
      </button>
    </li>
  );
}
