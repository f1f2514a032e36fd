// Sharing the win that came of an idea, in short, and thanking those who made it happen.
import { useRef, useState } from "preact/hooks";
import { client } from "../client/client";
import type { Idea } from "../client/feed";
import { newKey } from "../client/key";
import { dataOf, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { SHARE_WIN } from "./asked";
import type { Desk } from "./desk";
import { type Change, type Draft, setAside, type WinDraft } from "./drafts";
import { told, wrong } from "./said";
import { Thanks } from "./thanks";

interface Props {
  idea: Idea;
  again: boolean;
  draft: Draft;
  change: Change;
  desk: () => Desk | null;
  tell: (text: string) => void;
}

export function ShareWin({ idea, again, draft, change, desk, tell }: Props) {
  const { win } = draft;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const typed = (how: Partial<WinDraft>) => change(idea.id, (now) => ({ win: now.win && { ...now.win, ...how } }));

  const moves = idea.status === "TESTING";
  const opener = useRef<HTMLButtonElement>(null);
  const began = useRef(false);

  function begin() {
    began.current = true;
    change(idea.id, () => ({ win: { key: "", words: "", headline: "", change: "", thanks: [], found: [] } }));
  }

  function cancel() {
    change(idea.id, () => ({ win: null }));
    requestAnimationFrame(() => opener.current?.focus());
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (win === null || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const said = { headline: win.headline, change: win.change, thankIds: [...win.thanks] };
      const words = JSON.stringify(said);
      // Sent again it is done once; with other words it is another.
      const key = win.words === words ? win.key : newKey();
      typed({ key, words });
      const input = { ...said, ideaIds: [idea.id], idempotencyKey: key };
      const answer = payload(dataOf(await client.mutation(SHARE_WIN, { input })).shareWin);
      if (answer.win === null) setProblem(told(answer.userErrors));
      else {
        desk()?.take({ wins: [answer.win] });
        change(idea.id, (now) => ({ ...(moves && setAside(now)), win: null }));
        const { headline } = answer.win;
        tell(moves ? say.sharedAndMoved(headline, idea.reference, say.statuses.IMPLEMENTED) : say.shared(headline));
        document.getElementById("idea")?.focus();
      }
    } catch (error) {
      setProblem(wrong(error, say.failed));
    }
    setBusy(false);
  }

  if (win === null) {
    return (
      <button class="small" ref={opener} onClick={begin}>
        {again ? say.winAgain : say.win}
      </button>
    );
  }
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
      <Thanks
        idea={idea.id}
        of={idea.supportCount + idea.commentCount}
        thanks={win.thanks}
        found={win.found ?? []}
        change={(thanks, found) => typed({ thanks, found })}
      />
      <p class="quiet">{say.winSeen}</p>
      {moves && <p>{say.winMoves(say.statuses.IMPLEMENTED)}</p>}
      {problem !== null && <p role="alert">{problem}</p>}
      <p class="row">
        <button aria-disabled={busy}>{say.shareWin}</button>
        <button type="button" class="plain" onClick={cancel}>
          {say.cancel}
        </button>
      </p>
    </form>
  );
}
