// What somebody shares is kept with its idempotency key until the server has answered: shown at once, sent once.
import { newKey } from "../../web/pages/src/client/key";

// guide: outbox
export interface Waiting {
  key: string;
  problem: string;
}

/** What is not sent yet, and what the last one that was refused was refused by. */
export interface Out {
  waiting: readonly Waiting[];
  refused: string | null;
}

/** Thrown by `send` where the same may be sent again; `after`: not before so many seconds. */
export class Away extends Error {
  constructor(readonly after: number | null = null) {
    super("not answered");
  }
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
  let out: Out = { waiting: JSON.parse(store.getItem(KEPT) ?? "[]") as Waiting[], refused: null };
  let sending = false;
  let wake = () => {};

  function keep(change: Partial<Out>): void {
    out = { ...out, ...change };
    store.setItem(KEPT, JSON.stringify(out.waiting));
    show(out);
  }

  /** One after the other, in the order in which they were shared. */
  async function work(): Promise<void> {
    if (sending) return;
    sending = true;
    for (let tries = 0; out.waiting[0]; ) {
      const first = out.waiting[0];
      try {
        const refused = await send(first);
        keep({ waiting: out.waiting.filter((each) => each.key !== first.key), refused: refused ?? out.refused });
        tries = 0;
      } catch (error) {
        if (!(error instanceof Away)) console.error(error); // ours to mend; what was written is kept all the same
        const pause = Math.min(500 * 2 ** tries++, LONGEST) * (0.5 + Math.random() / 2);
        const after = error instanceof Away ? error.after : null;
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
      keep({ waiting: [...out.waiting, { key: newKey(), problem }], refused: null });
      void work();
    },
    /** What is kept from before is sent; and at once, now that the server is there again. */
    again(): void {
      wake();
      show(out);
      void work();
    },
  };
}
// guide ends: outbox

// guide: refusal
const PASSING = ["UNAVAILABLE", "INTERNAL", "UNAUTHENTICATED"]; // the last one until somebody has signed in again

/** What the errors of a request say, to be shown; throws Away where the same request may be sent again. */
export function refusal(
  errors: readonly { message: string; extensions?: Record<string, unknown> | undefined }[],
): string {
  const limited = errors.find((each) => each.extensions?.["code"] === "RATE_LIMITED");
  if (limited) throw new Away(Number(limited.extensions?.["retryAfterSeconds"] ?? 1));
  if (errors.some((each) => PASSING.includes(String(each.extensions?.["code"])))) throw new Away();
  return errors.map((each) => each.message).join(" ");
}
// guide ends: refusal
