// What a leader decides about a status: held, undone, sent, and handed back where somebody else was quicker.
import { useEffect } from "preact/hooks";
import { client } from "../client/client";
import type { Idea } from "../client/feed";
import { dataOf, open, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { DECIDE, MEANWHILE } from "./asked";
import type { Desk, Shown } from "./desk";
import type { Change, Draft } from "./drafts";
import { type Held, useHeld } from "./held";
import { forgetLeft, remember, whatWasLeft } from "./left";
import { LASTING, told, wrong } from "./said";

export interface Decisions {
  held: readonly Held[];
  decide: (idea: Idea, draft: Draft) => void;
  undo: (held: Held) => void;
}

interface Given {
  desk: () => Desk | null;
  shown: Shown | null;
  change: Change;
  tell: (text: string) => void;
}

const DONE: Partial<Draft> = { to: "", reason: "", sending: false, notSent: null };

export function useDecisions({ desk, shown, change, tell }: Given): Decisions {
  const viewer = shown?.viewer ?? null;

  /** `bearer`: the token to send it with, where none can be waited for. */
  async function send(held: Held, bearer: string | null = null): Promise<void> {
    const { idea, reference, to, reason, version, since } = held;
    const input = { ideaId: idea, to, reason: reason.trim() || null, expectedVersion: version };
    change(idea, () => ({ sending: true }));
    if (viewer !== null) remember(viewer, held); // the page may be left before it is answered
    try {
      const given = await (bearer === null
        ? client.mutation(DECIDE, { input }, LASTING)
        : open.mutation(DECIDE, { input }, { fetchOptions: { ...LASTING.fetchOptions, headers: by(bearer) } }));
      const answer = payload(dataOf(given).changeIdeaStatus);
      if (answer.idea !== null) {
        desk()?.take({ ideas: [answer.idea] });
        change(idea, () => DONE);
        return tell(say.moved(reference, say.statuses[to]));
      }
      const stale = answer.userErrors.some((error) => error.code === "STALE_VERSION");
      if (stale)
        await desk()
          ?.meanwhile(idea, since)
          .catch(() => {});
      change(idea, () => ({ sending: false, notSent: stale ? say.conflict : told(answer.userErrors) }));
    } catch (error) {
      change(idea, () => ({ sending: false, notSent: wrong(error, say.unsent) }));
      void desk()
        ?.ask(idea)
        .catch(() => {}); // it may have become somebody else's to decide
    } finally {
      if (viewer !== null) forgetLeft(viewer, idea);
    }
  }

  /** Whether what was sent while the page was left has arrived. */
  async function lookFor({ idea, reference, to, since }: Held, by: string): Promise<void> {
    change(idea, () => ({ sending: true }));
    try {
      const found = dataOf(await client.query(MEANWHILE, { id: idea, after: since })).idea;
      const done = found?.history.nodes.some(
        (each) => each.__typename === "IdeaStatusChanged" && each.to === to && each.actor?.id === by,
      );
      if (done) {
        change(idea, () => DONE);
        tell(say.moved(reference, say.statuses[to]));
      } else change(idea, () => ({ sending: false, reference, notSent: found === null ? say.takenBack : say.left }));
    } catch {
      change(idea, () => ({ sending: false, reference, notSent: say.left }));
    }
    forgetLeft(by, idea);
  }

  const { all, hold, drop } = useHeld(
    (held) => void send(held),
    (held, bearer) => void send(held, bearer),
  );

  useEffect(() => {
    if (viewer !== null) for (const left of whatWasLeft(viewer)) void lookFor(left, viewer);
  }, [viewer]);

  // Somebody else was quicker: what is held would be refused, so it is handed back at once. That an idea is in no list
  // any more is no news of it, and what others say or support changes no version.
  useEffect(() => {
    for (const held of all) {
      const gone = shown?.missing.has(held.idea) ?? false;
      if (!gone && (shown?.kept.ideas.get(held.idea)?.version ?? 0) <= held.version) continue;
      drop(held.idea);
      tell("");
      change(held.idea, () => ({ notSent: gone ? say.takenBack : say.conflict }));
    }
  }, [shown, all]);

  return {
    held: all,
    decide({ id, reference, version }, { to, reason }) {
      if (to === "") return;
      hold({ idea: id, reference, to, reason, version, since: desk()?.cursor() ?? "" });
      change(id, () => ({ notSent: null, reference }));
      tell(say.soon(reference, say.statuses[to]));
    },
    undo({ idea, reference }) {
      drop(idea);
      tell(say.undone(reference));
    },
  };
}

function by(bearer: string): Record<string, string> {
  return { authorization: `Bearer ${bearer}` };
}
