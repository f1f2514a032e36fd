// An idea of mine: where it stands, what was answered, and, opened, its story and what I can do.
import { useEffect, useRef, useState } from "preact/hooks";
import { mine as say } from "../words/en/mine";
import type { Idea } from "./asked";
import { day } from "./days";
import { Comment, Edit, Withdraw } from "./forms";
import { answer, since, status } from "./mine";
import { called, Story } from "./story";

interface Props {
  idea: Idea;
  me: string;
  fresh: boolean;
  seen: () => void;
  done: (idea: Idea, said: string) => void;
}

export function Card({ idea, me, fresh, seen, done }: Props) {
  const [open, setOpen] = useState(false);
  const inside = `${idea.id}-inside`;
  const toggle = () => {
    setOpen(!open);
    if (fresh) seen();
  };
  return (
    <li>
      <article class={fresh ? "card fresh" : "card"} aria-labelledby={`${idea.id}-title`}>
        <p class="quiet">
          {idea.reference}
          {idea.theme && ` · ${idea.theme.title}`}
          {fresh && <strong class="new"> {say.fresh}</strong>}
        </p>
        <h2 id={`${idea.id}-title`}>{idea.title}</h2>
        <p class={`stands ${idea.status.toLowerCase()}`}>
          <strong>{status(idea)}</strong> <span class="quiet">{say.since(day(since(idea)))}</span>
        </p>
        <Expected idea={idea} />
        <Answer idea={idea} me={me} />
        {idea.wins.map((win) => (
          <p key={win.id} class="win">
            {say.win(win.headline)}
          </p>
        ))}
        <p class="quiet">{[say.support(idea.supportCount), idea.anonymous ? say.anonymous : ""].join(" ").trim()}</p>
        <button id={`${idea.id}-open`} class="opener" aria-expanded={open} aria-controls={inside} onClick={toggle}>
          {say.story.open}
        </button>
        <div id={inside} hidden={!open}>
          {open && <Inside idea={idea} me={me} done={done} />}
        </div>
      </article>
    </li>
  );
}

/** Until when an answer can be expected, where it still waits. */
function Expected({ idea: { awaitingResponse, responseDueAt } }: { idea: Idea }) {
  if (!awaitingResponse || responseDueAt === null) return null;
  const past = Date.parse(responseDueAt) < Date.now();
  return <p>{past ? say.overdue(day(responseDueAt)) : say.expect(day(responseDueAt))}</p>;
}

function Answer({ idea, me }: { idea: Idea; me: string }) {
  const given = answer(idea);
  if (given === undefined) return null;
  return (
    <figure>
      <blockquote>{given.body}</blockquote>
      <figcaption class="quiet">{say.answered(called(given.author, me), day(given.createdAt))}</figcaption>
    </figure>
  );
}

function Inside({ idea, me, done }: Pick<Props, "idea" | "me" | "done">) {
  const [doing, setDoing] = useState<"edit" | "withdraw" | null>(null);
  const before = useRef(doing);
  const can = (action: Idea["viewerCanDo"][number]) => idea.viewerCanDo.includes(action);
  const leave = () => setDoing(null);
  const finish = (changed: Idea, said: string) => {
    leave();
    done(changed, said);
  };

  // Back to where somebody was: the button that opened it, or the idea's own where that is gone.
  useEffect(() => {
    const was = before.current;
    before.current = doing;
    if (was === null || doing !== null) return;
    (document.getElementById(`${idea.id}-${was}`) ?? document.getElementById(`${idea.id}-open`))?.focus();
  }, [doing, idea.id]);

  return (
    <div class="inside">
      {doing === "edit" ? (
        <Edit idea={idea} done={finish} leave={leave} />
      ) : (
        <dl>
          <dt>{say.story.problem}</dt>
          <dd>{idea.problem}</dd>
          {idea.solution !== null && <dt>{say.story.solution}</dt>}
          {idea.solution !== null && <dd>{idea.solution}</dd>}
        </dl>
      )}
      {doing === "withdraw" && <Withdraw idea={idea} done={finish} leave={leave} />}
      {doing === null && (can("EDIT") || can("WITHDRAW")) && (
        <div class="buttons">
          {can("EDIT") && (
            <button id={`${idea.id}-edit`} class="second" onClick={() => setDoing("edit")}>
              {say.edit.open}
            </button>
          )}
          {can("WITHDRAW") && (
            <button id={`${idea.id}-withdraw`} class="second" onClick={() => setDoing("withdraw")}>
              {say.withdraw.open}
            </button>
          )}
        </div>
      )}
      <Story idea={idea} me={me} />
      {can("COMMENT") && <Comment idea={idea} done={done} />}
    </div>
  );
}
