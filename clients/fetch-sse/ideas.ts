// The ideas as they are, kept by a plain function: read at a cursor, changed by what comes after it.
import { Away, asking } from "../shared/asking";
import type { Idea, Item, Page } from "../shared/documents";
import type { Kept } from "../shared/outbox";
import { append, breaks, meanwhile, put, reduce } from "../shared/reduce";
import type { Session } from "../shared/session";
import { ask, Refusal } from "./ask";
import { FEED, FIRST, MORE, SHARE } from "./queries";
import { follow } from "./stream";

// guide: ideas
interface Shared {
  idea: Idea | null;
  userErrors: { message: string }[];
}

export interface Watching {
  ideas: (ideas: readonly Idea[]) => void;
  state: (live: boolean, said: string | null) => void;
  /** Called with each item that was taken. */
  taken: (item: Item) => void;
}

export function openIdeas(session: Session, { ideas: show, state, taken }: Watching) {
  const { server, token } = session;
  const http = asking(session);
  const paging = meanwhile();
  let ideas: readonly Idea[] = [];
  let next: string | null = null; // the page cursor of the next page
  let stop = () => {};
  let closed = false;

  function keep(now: readonly Idea[]): void {
    ideas = now;
    show(ideas);
  }

  async function load(): Promise<void> {
    let after: string;
    for (let tries = 0; ; tries++) {
      try {
        const answer = await ask<{ cursor: string; ideas: Page }>(server, http, FIRST, {});
        after = answer.cursor;
        next = answer.ideas.pageInfo.hasNextPage ? answer.ideas.pageInfo.endCursor : null;
        keep(answer.ideas.nodes);
        break;
      } catch (error) {
        if (!(error instanceof Away)) return state(false, String(error));
        if (error.code === "UNAUTHENTICATED") return state(false, error.message);
        state(false, null);
        const pause = Math.min(500 * 2 ** tries, 30_000) * (0.5 + Math.random() / 2);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
      if (closed) return;
    }
    if (closed) return; // while it was asked
    stop = follow<{ feed: Item }>({
      ...{ server, token, query: FEED, after },
      next({ feed }) {
        http.heard(feed.cursor);
        paging.told(feed);
        if (breaks(feed)) {
          stop();
          void load();
        } else keep(reduce(ideas, feed));
        taken(feed);
      },
      state,
    });
  }

  void load();
  return {
    /** Null where it is shared; the words of what is to be put right. Throws Away where it is to be sent again. */
    async share({ key, problem }: Kept): Promise<string | null> {
      const input = { problem, idempotencyKey: key };
      try {
        const { idea, userErrors } = (await ask<{ submitIdea: Shared }>(server, http, SHARE, { input })).submitIdea;
        if (idea !== null) keep(put(ideas, idea));
        return userErrors[0]?.message ?? null;
      } catch (error) {
        if (error instanceof Refusal) return error.message;
        throw error; // Away
      }
    },
    async more(): Promise<void> {
      const after = next;
      if (after === null) return;
      await paging.during(async () => {
        const page = (await ask<{ ideas: Page }>(server, http, MORE, { after })).ideas;
        if (next !== after) return; // the list was read anew meanwhile, and may end elsewhere
        next = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
        keep(paging.now(append(ideas, page.nodes)));
      });
    },
    close(): void {
      closed = true;
      stop();
    },
  };
}
// guide ends: ideas
