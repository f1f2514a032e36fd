// What a leader decides about a status: held, undone, sent, and handed back where somebody else was quicker.
import { useEffect } from "preact/hooks";
import { client } from "../client/client";
import type { Idea } from "../client/feed";
import { dataOf, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { DECIDE } from "./asked";
import type { Desk, Shown } from "./desk";
import type { Change, Draft } from "./drafts";
import { type Held, useHeld } from "./held";
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

export function useDecisions({ desk, shown, change, tell }: Given): Decisions {
  async function send({ idea, reference, to, reason, version, since }: Held): Promise<void> {
    try {
      const input = { ideaId: idea, to, reason: reason.trim() || null, expectedVersion: version };
      const answer = payload(dataOf(await client.mutation(DECIDE, { input }, LASTING)).changeIdeaStatus);
      if (answer.idea !== null) {
        desk()?.take({ ideas: [answer.idea] });
        change(idea, () => ({ to: "", reason: "", notSent: null }));
        return tell(say.moved(reference, say.statuses[to]));
      }
      const stale = answer.userErrors.some((error) => error.code === "STALE_VERSION");
      if (stale)
        await desk()
          ?.meanwhile(idea, since)
          .catch(() => {});
      change(idea, () => ({ notSent: stale ? say.conflict : told(answer.userErrors) }));
    } catch (error) {
      change(idea, () => ({ notSent: wrong(error, say.unsent) }));
      void desk()
        ?.ask(idea)
        .catch(() => {}); // it may have become somebody else's to decide
    }
  }

  const { all, hold, drop } = useHeld((held) => void send(held));

  // Somebody else was quicker: what is held would be refused, so it is handed back at once.
  useEffect(() => {
    for (const held of all) {
      const idea = shown?.kept.ideas.get(held.idea);
      if (idea !== undefined && idea.version <= held.version) continue;
      drop(held.idea);
      if (idea !== undefined) change(held.idea, () => ({ notSent: say.conflict }));
    }
  }, [shown, all]);

  return {
    held: all,
    decide({ id, reference, version }, { to, reason }) {
      if (to === "") return;
      hold({ idea: id, reference, to, reason, version, since: desk()?.cursor() ?? "" });
      change(id, () => ({ notSent: null }));
      tell(say.soon(reference, say.statuses[to]));
    },
    undo({ idea, reference }) {
      drop(idea);
      tell(say.undone(reference));
    },
  };
}
