// What people said about an idea, and the leader's answer, which shows at once as being sent.

import { useEffect } from "preact/hooks";
import { client } from "../client/client";
import type { Comment, Idea } from "../client/feed";
import { newKey } from "../client/key";
import { dataOf, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { ANSWER, type Unit } from "./asked";
import type { Desk } from "./desk";
import type { Change, Draft, Sent } from "./drafts";
import { LASTING, leads, told, when, wrong } from "./said";

interface Props {
  idea: Idea;
  comments: readonly Comment[];
  whole: boolean; // they are all here
  viewer: string;
  units: readonly Unit[];
  draft: Draft;
  change: Change;
  desk: () => Desk | null;
}

/** What was sent and has come back by the feed already, before the answer to it. */
function isBack(sent: Sent, comments: readonly Comment[], viewer: string): boolean {
  return comments.some(
    (each) => each.author?.id === viewer && each.body === sent.body.trim() && !sent.known.includes(each.id),
  );
}

/** What a comment of this person will be: the answer that the idea waits for, or one more thing said about it. */
function box(idea: Idea, viewer: string, units: readonly Unit[]): { label: string; hint: string } {
  if (!idea.awaitingResponse) return { label: say.comment, hint: say.answerHint };
  if (idea.author?.id === viewer) return { label: say.comment, hint: `${say.answerHint} ${say.ownIdea}` };
  if (idea.viewerCanDo.includes("CHANGE_STATUS")) return { label: say.answer, hint: say.answerHint };
  return { label: say.comment, hint: `${say.answerHint} ${say.answers(...leads(idea, units))}` };
}

export function Talk({ idea, comments, whole, viewer, units, draft, change, desk }: Props) {
  const sent = (key: string, how: (sent: Sent) => Partial<Sent>) =>
    change(idea.id, (now) => ({ sent: now.sent.map((each) => (each.key === key ? { ...each, ...how(each) } : each)) }));
  const drop = (key: string) => change(idea.id, (now) => ({ sent: now.sent.filter((each) => each.key !== key) }));

  async function send(key: string, body: string): Promise<void> {
    sent(key, () => ({ problem: null }));
    try {
      const input = { ideaId: idea.id, body, idempotencyKey: key };
      const answer = payload(dataOf(await client.mutation(ANSWER, { input }, LASTING)).addComment);
      if (answer.comment === null) return sent(key, () => ({ problem: told(answer.userErrors) }));
      desk()?.take({ comments: [answer.comment] });
      drop(key);
    } catch (error) {
      sent(key, () => ({ problem: wrong(error, say.unsent) }));
    }
  }

  function submit(event: Event) {
    event.preventDefault();
    if (draft.comment.trim() === "") return;
    const [key, body] = [newKey(), draft.comment];
    change(idea.id, (now) => ({
      comment: "",
      aside: false,
      sent: [...now.sent, { key, body, known: comments.map((each) => each.id), problem: null }],
    }));
    void send(key, body);
  }

  function rewrite({ key, body }: Sent) {
    drop(key);
    change(idea.id, (now) => ({ comment: now.comment === "" ? body : `${body}\n${now.comment}` }));
    document.getElementById("answer")?.focus();
  }

  const back = draft.sent.filter((each) => isBack(each, comments, viewer));
  const waiting = draft.sent.filter((each) => !back.includes(each));
  useEffect(() => {
    for (const { key } of back) drop(key);
  }, [back.length]);
  const { label, hint } = box(idea, viewer, units);
  return (
    <section aria-labelledby="talk">
      <h3 id="talk" tabIndex={-1}>
        {say.talk}
      </h3>
      {!whole && <p class="quiet">{say.opening}</p>}
      {whole && comments.length + waiting.length === 0 && <p class="quiet">{say.silence}</p>}
      <ol class="talk" aria-labelledby="talk">
        {comments.map((each) => (
          <li key={each.id}>
            <p class="quiet">
              <strong>{each.author?.name ?? say.somebody}</strong> · {when(each.createdAt)}
              {each.editedAt && ` · ${say.edited}`}
              {each.kind !== "COMMENT" && <span class="chip">{say.kinds[each.kind]}</span>}
            </p>
            <p class="text">{each.body}</p>
          </li>
        ))}
        {waiting.map((each) => (
          <li key={each.key} class="sending">
            <p class="quiet">
              <strong>{say.you}</strong> {each.problem === null && `· ${say.sending}`}
            </p>
            <p class="text">{each.body}</p>
            {each.problem !== null && (
              <>
                <p role="alert">{each.problem}</p>
                <p class="row">
                  <button
                    class="small"
                    onClick={() => {
                      document.getElementById("talk")?.focus(); // the buttons go while it is on its way
                      void send(each.key, each.body);
                    }}
                  >
                    {say.again}
                  </button>
                  <button class="small plain" onClick={() => rewrite(each)}>
                    {say.rewrite}
                  </button>
                </p>
              </>
            )}
          </li>
        ))}
      </ol>
      {idea.viewerCanDo.includes("COMMENT") && (
        <form onSubmit={submit}>
          <div class="field">
            <label for="answer">{label}</label>
            <p class="hint" id="answer-hint">
              {hint}
            </p>
            <p role="status">{draft.aside && say.aside}</p>
            <textarea
              id="answer"
              rows={3}
              aria-describedby="answer-hint"
              required
              maxLength={4000}
              value={draft.comment}
              onInput={(event) => {
                const comment = event.currentTarget.value;
                change(idea.id, ({ aside }) => ({ comment, aside: aside && comment !== "" }));
              }}
            />
          </div>
          <button>{say.send}</button>
        </form>
      )}
    </section>
  );
}
