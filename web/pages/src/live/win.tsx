// Sharing the win that came of an idea, in short, and thanking those who made it happen.

import { useEffect, useRef, useState } from "preact/hooks";
import { client } from "../client/client";
import type { Idea } from "../client/feed";
import { newKey } from "../client/key";
import { dataOf, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { type Person, SHARE_WIN, SUPPORTERS } from "./asked";
import type { Desk } from "./desk";
import type { Change, Draft } from "./drafts";
import { told, wrong } from "./said";

interface Props {
  idea: Idea;
  again: boolean;
  draft: Draft;
  change: Change;
  desk: () => Desk | null;
  tell: (text: string) => void;
}

/** Who supports an idea now: support is given and taken back in turns, so an odd number of times means yes. */
async function supporters(id: string): Promise<Person[]> {
  const found = new Map<string, Person>();
  for (let after: string | null = null, more = true; more; ) {
    const page: Page = dataOf(await client.query(SUPPORTERS, { id, after })).feed;
    for (const { actor } of page?.nodes ?? []) {
      if (actor === null || actor.deactivatedAt !== null) continue;
      if (!found.delete(actor.id)) found.set(actor.id, actor);
    }
    more = page?.pageInfo.hasNextPage ?? false;
    after = page?.pageInfo.endCursor ?? null;
  }
  return [...found.values()];
}

type Page = {
  nodes: readonly { actor: (Person & { deactivatedAt: string | null }) | null }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
} | null;

export function ShareWin({ idea, again, draft, change, desk, tell }: Props) {
  const { win } = draft;
  const [people, setPeople] = useState<Person[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const typed = (how: Partial<NonNullable<Draft["win"]>>) =>
    change(idea.id, (now) => ({ win: now.win && { ...now.win, ...how } }));

  useEffect(() => {
    let left = false;
    if (win !== null)
      void supporters(idea.id).then(
        (found) => left || setPeople(found),
        () => {},
      );
    return () => {
      left = true;
    };
  }, [idea.id, win === null, idea.supportCount]);

  const began = useRef(false);

  function begin() {
    began.current = true;
    change(idea.id, () => ({ win: { key: newKey(), headline: "", change: "", thanks: [] } }));
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (win === null) return;
    setBusy(true);
    setProblem(null);
    try {
      const { key, thanks, ...said } = win;
      const input = { ...said, ideaIds: [idea.id], thankIds: [...thanks], idempotencyKey: key };
      const answer = payload(dataOf(await client.mutation(SHARE_WIN, { input })).shareWin);
      if (answer.win === null) setProblem(told(answer.userErrors));
      else {
        desk()?.take({ wins: [answer.win] });
        change(idea.id, () => ({ win: null }));
        tell(say.shared(answer.win.headline));
        document.getElementById("idea")?.focus();
      }
    } catch (error) {
      setProblem(wrong(error, say.failed));
    }
    setBusy(false);
  }

  if (win === null) {
    return (
      <button class="small" onClick={begin}>
        {again ? say.winAgain : say.win}
      </button>
    );
  }
  const author = idea.author === null ? [] : [{ ...idea.author, as: say.author }];
  const others = people.filter((each) => each.id !== idea.author?.id).map((each) => ({ ...each, as: say.supporter }));
  const all = [...author, ...others].slice(0, 50);
  return (
    <form onSubmit={submit} aria-labelledby="win">
      <h3 id="win">{say.win}</h3>
      <label>
        {say.headline}
        <input
          required
          maxLength={140}
          ref={(field) => {
            if (field === null || !began.current) return;
            began.current = false;
            field.focus();
          }}
          value={win.headline}
          onInput={(event) => typed({ headline: event.currentTarget.value })}
        />
      </label>
      <label>
        {say.change}
        <textarea
          required
          rows={3}
          maxLength={4000}
          value={win.change}
          onInput={(event) => typed({ change: event.currentTarget.value })}
        />
      </label>
      <fieldset>
        <legend>{say.thanks}</legend>
        {all.length === 0 && <p class="quiet">{say.nobody}</p>}
        {all.map(({ id, name, as }) => (
          <div key={id} class="choice">
            <input
              type="checkbox"
              id={`thank-${id}`}
              checked={win.thanks.includes(id)}
              onChange={(event) =>
                typed({
                  thanks: event.currentTarget.checked ? [...win.thanks, id] : win.thanks.filter((each) => each !== id),
                })
              }
            />
            <label for={`thank-${id}`}>
              {name} <span class="quiet">({as})</span>
            </label>
          </div>
        ))}
      </fieldset>
      {problem !== null && <p role="alert">{problem}</p>}
      <p class="row">
        <button disabled={busy}>{say.shareWin}</button>
        <button type="button" class="plain" onClick={() => change(idea.id, () => ({ win: null }))}>
          {say.cancel}
        </button>
      </p>
    </form>
  );
}
