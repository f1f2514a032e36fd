// What the examples with React show: a form, the ideas that wait to be sent, and the list.
import { type FormEvent, useRef } from "react";
import type { State } from "../../web/pages/src/client/live";
import type { Idea } from "./documents";
import type { Kept, Out } from "./outbox";

export interface Shown {
  ideas: readonly Idea[];
  out: Out;
  state: State;
  /** Null: there are no more. */
  more: (() => void) | null;
  share: (problem: string) => void;
  drop: (key: string) => void;
  support: (idea: Idea) => void;
  problem: string | null;
}

export function Page({ ideas, out, state, more, share, drop, support, problem }: Shown) {
  const text = useRef<HTMLTextAreaElement>(null);

  /** Its text goes back to where it was written, and is kept until then. */
  function putRight({ key, problem }: Kept): void {
    if (text.current === null) return;
    text.current.value = problem;
    drop(key);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (text.current === null) return;
    share(text.current.value);
    text.current.value = "";
  }

  // guide: waiting
  // The feed may tell of it before the answer comes: then it is there, and is not shown twice.
  const waiting = out.waiting.filter((each) => ideas.every((idea) => idea.problem !== each.problem));
  // guide ends: waiting
  return (
    <main>
      {state.is === "lost" && (
        <p role="status">{`As of ${state.since.toLocaleTimeString()}: no connection.${state.said === null ? "" : ` ${state.said}`}`}</p>
      )}
      {state.is === "connecting" && <p role="status">Connecting …</p>}
      {state.is === "signed-out" && <p role="status">Sign in again.</p>}
      <form onSubmit={submit}>
        <textarea aria-label="What gets in the way?" ref={text} />
        <button type="submit">Share</button>
        {problem !== null && <p role="alert">{problem}</p>}
      </form>
      {out.refused.map((each) => (
        <p key={each.key} role="alert">
          {`${each.why} `}
          <button type="button" onClick={() => putRight(each)}>
            Put it right
          </button>
        </p>
      ))}
      <ul>
        {waiting.map((each) => (
          <li key={each.key}>{`${each.problem} (on its way)`}</li>
        ))}
        {ideas.map((idea) => (
          <li key={idea.id}>
            {`${idea.reference} ${idea.title} (${idea.status}, ${idea.supportCount})`}
            <button type="button" aria-label="Support" disabled={idea.viewerSupports} onClick={() => support(idea)} />
          </li>
        ))}
      </ul>
      {more !== null && (
        <button type="button" onClick={more}>
          Earlier ones
        </button>
      )}
    </main>
  );
}
