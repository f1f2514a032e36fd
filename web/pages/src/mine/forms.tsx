// What I can do with an idea of mine: change its words, take it back, say something about it.

import { useRef, useState } from "preact/hooks";
import { client } from "../client/client";
import { newKey } from "../client/key";
import { dataOf, payload } from "../client/open";
import { mine as say } from "../words/en/mine";
import { COMMENT, EDIT, type Idea, WITHDRAW } from "./asked";
import { titleFrom } from "./mine";
import { useSending } from "./sending";

interface Doing {
  idea: Idea;
  /** It is done: the idea as it is now, and what is said. */
  done: (idea: Idea, said: string) => void;
  leave: () => void;
}

export function Edit({ idea, done, leave }: Doing) {
  const { busy, problem: refused, send } = useSending();
  const [version, setVersion] = useState(idea.version); // that was read when this began
  const [problem, setProblem] = useState(idea.problem);
  const [solution, setSolution] = useState(idea.solution ?? "");

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    // An answer that was lost on its way: what is written here is what the server has.
    if (problem === idea.problem && solution === (idea.solution ?? "")) return done(idea, say.edit.saved);
    const title = idea.title === titleFrom(idea.problem) ? titleFrom(problem) : idea.title;
    const input = { ideaId: idea.id, title, problem, solution: solution.trim() || null, expectedVersion: version };
    const answer = await send(async () => {
      const given = payload(dataOf(await client.mutation(EDIT, { input })).editIdea);
      // Told once that it has moved on, somebody may decide to keep what they wrote.
      if (given.userErrors.some((error) => error.code === "STALE_VERSION")) setVersion(idea.version);
      return given;
    });
    if (answer?.idea) done(answer.idea, say.edit.saved);
  }

  return (
    <form onSubmit={submit}>
      <label>
        {say.story.problem}
        <textarea
          ref={focus}
          required
          maxLength={4000}
          value={problem}
          onInput={(event) => setProblem(event.currentTarget.value)}
        />
      </label>
      <label>
        {say.story.solution}
        <textarea maxLength={4000} value={solution} onInput={(event) => setSolution(event.currentTarget.value)} />
      </label>
      {refused !== null && <p role="alert">{refused}</p>}
      <div class="buttons">
        <button aria-disabled={busy}>{say.edit.save}</button>
        <button class="second" type="button" onClick={leave}>
          {say.edit.cancel}
        </button>
      </div>
    </form>
  );
}

export function Withdraw({ idea, done, leave }: Doing) {
  const { busy, problem, send } = useSending();

  async function withdraw() {
    const input = { ideaId: idea.id };
    const work = async () => payload(dataOf(await client.mutation(WITHDRAW, { input })).withdrawIdea);
    const answer = await send(work);
    if (answer?.idea) done(answer.idea, say.withdraw.done);
  }

  return (
    <div class="question" role="group" aria-labelledby={`${idea.id}-question`} aria-describedby={`${idea.id}-means`}>
      <p class="asked" id={`${idea.id}-question`}>
        {say.withdraw.question}
      </p>
      <p id={`${idea.id}-means`}>{say.withdraw.means}</p>
      {problem !== null && <p role="alert">{problem}</p>}
      <div class="buttons">
        <button ref={focus} class="second" onClick={leave}>
          {say.withdraw.no}
        </button>
        <button aria-disabled={busy} onClick={withdraw}>
          {say.withdraw.yes}
        </button>
      </div>
    </div>
  );
}

/** Without a name where the idea is: who answers under it would be known as its author. */
export function Comment({ idea, done }: Omit<Doing, "leave">) {
  const { busy, problem, send } = useSending();
  const [body, setBody] = useState("");
  const [anonymous, setAnonymous] = useState(idea.anonymous);
  const key = useRef(newKey()); // of these words: sent again, they are said once

  function write(change: () => void) {
    key.current = newKey();
    change();
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const input = { ideaId: idea.id, body, anonymous, idempotencyKey: key.current };
    const answer = await send(async () => payload(dataOf(await client.mutation(COMMENT, { input })).addComment));
    if (!answer?.comment) return;
    write(() => setBody(""));
    done(answer.comment.idea, say.comment.sent);
  }

  return (
    <form onSubmit={submit}>
      <label>
        {say.comment.label}
        <textarea
          class="short"
          required
          maxLength={4000}
          value={body}
          onInput={(event) => write(() => setBody(event.currentTarget.value))}
        />
      </label>
      <label class="choice">
        <input
          type="checkbox"
          checked={anonymous}
          onChange={(event) => write(() => setAnonymous(event.currentTarget.checked))}
        />
        {say.comment.unnamed}
      </label>
      {problem !== null && <p role="alert">{problem}</p>}
      <button aria-disabled={busy}>{say.comment.send}</button>
    </form>
  );
}

const focused = new WeakSet<HTMLElement>();

/** Whoever opened it goes on there; once, however often it is drawn. */
function focus(element: HTMLElement | null): void {
  if (element === null || focused.has(element)) return;
  focused.add(element);
  element.focus();
}
