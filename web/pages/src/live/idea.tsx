// One idea, opened: what it says, what people say about it, and all that this leader may do with it.
import { useEffect, useRef } from "preact/hooks";
import { live as say } from "../words/en/live";
import { Decide } from "./decide";
import type { Decisions } from "./decisions";
import type { Desk, Shown } from "./desk";
import type { Change, Draft } from "./drafts";
import { moment } from "./lists";
import { Place } from "./place";
import { due, when } from "./said";
import { Talk } from "./talk";
import { ShareWin } from "./win";

interface Props {
  id: string;
  shown: Shown;
  draft: Draft;
  change: Change;
  decisions: Decisions;
  desk: () => Desk | null;
  tell: (text: string) => void;
  back: () => void;
}

export function Opened({ id, shown, draft, change, decisions, desk, tell, back }: Props) {
  const { kept, viewer, units, whole, missing } = shown;
  const idea = kept.ideas.get(id);
  const wasThere = useRef(false);
  wasThere.current ||= idea !== undefined;

  // Whoever typed in what has just been taken away goes on from its heading.
  useEffect(() => {
    if (document.activeElement === document.body && idea === undefined && wasThere.current) {
      document.getElementById("idea")?.focus();
    }
  }, [idea === undefined]);

  if (idea === undefined) {
    const gone = wasThere.current || missing.has(id);
    return (
      <article class="idea" aria-labelledby="idea">
        <Back back={back} />
        <h2 id="idea" tabIndex={-1}>
          {gone ? say.gone : say.opening}
        </h2>
        {gone && <p>{say.taken}</p>}
      </article>
    );
  }
  const held = decisions.held.find((each) => each.idea === id);
  const comments = [...kept.comments.values()]
    .filter((each) => each.idea.id === id)
    .sort((one, other) => (moment(one.createdAt) < moment(other.createdAt) ? -1 : 1));
  const wins = [...kept.wins.values()].filter((win) => win.ideas.some((each) => each.id === id));
  const deeds = (kept.deeds.get(id) ?? []).filter((each) => each.actor?.id !== viewer);
  const may = new Set(idea.viewerCanDo);
  const answer = due(idea);
  return (
    <article class="idea" aria-labelledby="idea">
      <Back back={back} />
      <header>
        <p class="quiet">
          {idea.reference} · {idea.author?.name ?? say.somebody}
          {idea.unit && ` · ${idea.unit.name}`}
          {` · ${idea.theme ? (kept.themes.get(idea.theme.id)?.title ?? idea.theme.title) : say.noTheme}`}
          {idea.submittedAt && ` · ${when(idea.submittedAt)}`}
        </p>
        <h2 id="idea" tabIndex={-1}>
          {idea.title}
        </h2>
        <p class="quiet">
          {idea.supportCount > 0 && say.support(idea.supportCount)}
          {idea.supportCount > 0 && answer && " · "}
          {answer && <span class={answer.over ? "over" : ""}>{answer.text}</span>}
        </p>
      </header>
      <div class="words">
        <section aria-labelledby="problem">
          <h3 id="problem">{say.problem}</h3>
          <p class="text">{idea.problem}</p>
        </section>
        <section aria-labelledby="solution">
          <h3 id="solution">{say.solution}</h3>
          {idea.solution ? <p class="text">{idea.solution}</p> : <p class="quiet">{say.noSolution}</p>}
        </section>
      </div>
      <div class="work">
        <Talk
          idea={idea}
          comments={comments}
          whole={whole.has(id)}
          viewer={viewer}
          units={units}
          draft={draft}
          change={change}
          desk={desk}
        />
        <div class="side">
          <Decide
            idea={idea}
            units={units}
            deeds={deeds}
            draft={draft}
            change={change}
            held={held}
            decide={decisions.decide}
          />
          {may.has("ASSIGN_TO_THEME") && !held && (
            <Place idea={idea} themes={[...kept.themes.values()]} draft={draft} change={change} desk={desk} />
          )}
          {wins.length > 0 && (
            <section aria-labelledby="wins">
              <h3 id="wins">{say.wins}</h3>
              <ul>
                {wins.map((win) => (
                  <li key={win.id}>
                    {win.headline}
                    {win.thanks.length > 0 && (
                      <span class="quiet"> · {say.thanked(win.thanks.map((each) => each.name).join(", "))}</span>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          )}
          {may.has("SHARE_WIN") && !held && (
            <ShareWin idea={idea} again={wins.length > 0} draft={draft} change={change} desk={desk} tell={tell} />
          )}
        </div>
      </div>
    </article>
  );
}

function Back({ back }: { back: () => void }) {
  return (
    <p class="back">
      <button class="small plain" onClick={back}>
        {say.back}
      </button>
    </p>
  );
}
