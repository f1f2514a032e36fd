// What somebody shares is kept with its idempotency key until the server has answered: shown at once, sent once.
import { newKey } from "../../web/pages/src/client/key";
import { Away } from "./asking";

// guide: outbox
export interface Waiting {
  key: string;
  problem: string;
}

/** What is not sent yet; and what was refused and why, to be put right. */
export interface Out {
  waiting: readonly Waiting[];
  refused: { problem: string; why: string } | null;
}

const KEPT = "ideas-to-share";
const LONGEST = 30_000; // ms between two tries

/**
 * `send` answers null where it is done, or the words of what refused it; it throws Away where nobody knows, and is then
 * called again with the same key. `store`: localStorage, so that neither a reload nor a closed window loses anything.
 */
export function outbox(
  store: Pick<Storage, "getItem" | "setItem">,
  send: (idea: Waiting) => Promise<string | null>,
  show: (out: Out) => void,
) {
  let refused: Out["refused"] = null;
  let sending = false;
  let wake = () => {};

  /** As it is kept now: another tab may have changed it. */
  function waiting(): readonly Waiting[] {
    return JSON.parse(store.getItem(KEPT) ?? "[]") as Waiting[];
  }

  function keep(now: readonly Waiting[]): void {
    store.setItem(KEPT, JSON.stringify(now));
    show({ waiting: now, refused });
  }

  /** One after the other, in the order in which they were shared. */
  async function work(): Promise<void> {
    if (sending) return;
    sending = true;
    for (let tries = 0, first = waiting()[0]; first; first = waiting()[0]) {
      const { key, problem } = first;
      try {
        const why = await send(first);
        if (why !== null) refused = { problem, why };
        keep(waiting().filter((each) => each.key !== key));
        tries = 0;
      } catch (error) {
        if (!(error instanceof Away)) console.error(error); // ours to mend; what was written is kept all the same
        const { code, after } = error instanceof Away ? error : new Away();
        // What this one meets the others need not: they go first.
        if (code === "INTERNAL") keep([...waiting().filter((each) => each.key !== key), first]);
        const pause = Math.min(500 * 2 ** tries++, LONGEST) * (0.5 + Math.random() / 2);
        await new Promise<void>((resolve) => {
          if (after === null) wake = resolve; // no longer than until the feed is back; but what was told to wait waits
          setTimeout(resolve, after === null ? pause : after * 1000);
        });
      }
    }
    sending = false;
  }

  return {
    share(problem: string): void {
      refused = null;
      keep([...waiting(), { key: newKey(), problem }]);
      void work();
    },
    /** What is kept from before is sent; and at once, now that the server is there again. */
    again(): void {
      wake();
      show({ waiting: waiting(), refused });
      void work();
    },
  };
}
// guide ends: outbox
