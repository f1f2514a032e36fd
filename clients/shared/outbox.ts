// What somebody shares is kept with its idempotency key until the server has answered: shown at once, sent once.
import { newKey } from "../../web/pages/src/client/key";
import { Away } from "./asking";

// guide: outbox
/** `at`: when it was shared, in ms. `why`: what it was refused by. */
export interface Kept {
  key: string;
  problem: string;
  at: number;
  why?: string;
}

/** What is not sent yet; and what was refused, until somebody has put it right. */
export interface Out {
  waiting: readonly Kept[];
  refused: readonly Kept[];
}

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const LONGEST = 30_000; // ms between two tries

/**
 * `send` answers null where it is done, or the words of what refused it; it throws Away where nobody knows, and is then
 * called again with the same key. `store`: localStorage, so that neither a reload nor a closed window loses anything.
 * `person`: whose it is, on a computer that several use.
 */
export function outbox(
  person: string,
  store: Store,
  send: (idea: Kept) => Promise<string | null>,
  show: (out: Out) => void,
) {
  const place = `ideas-to-share/${person}/`; // one item for each, so that two tabs are in nobody's way
  let open = false;
  let sending = false;
  let woken = false;
  let wake = () => {};

  /** As it is kept now, the oldest first. */
  function all(): Kept[] {
    const names = Array.from({ length: store.length }, (_, n) => store.key(n) ?? "");
    const texts = names.filter((name) => name.startsWith(place)).map((name) => store.getItem(name) ?? "null");
    return texts.flatMap((text) => (JSON.parse(text) as Kept | null) ?? []).sort((one, other) => one.at - other.at);
  }

  function waiting(): Kept[] {
    return all().filter(({ why }) => why === undefined);
  }

  function tell(): void {
    show({ waiting: waiting(), refused: all().filter(({ why }) => why !== undefined) });
  }

  function keep(idea: Kept): void {
    store.setItem(place + idea.key, JSON.stringify(idea));
    tell();
  }

  function drop(key: string): void {
    store.removeItem(place + key);
    tell();
  }

  /** One after the other, in the order in which they were shared. */
  async function work(): Promise<void> {
    if (sending) return;
    sending = true;
    const last = new Set<string>(); // what the server failed at: the others may fare better, and go first
    try {
      for (let tries = 0; open; ) {
        const those = waiting();
        if (those.every(({ key }) => last.has(key))) last.clear();
        const next = those.find(({ key }) => !last.has(key));
        if (next === undefined) break;
        woken = false;
        try {
          const why = await send(next);
          if (why === null) drop(next.key);
          else keep({ ...next, why });
          tries = 0;
        } catch (error) {
          if (!(error instanceof Away)) console.error(error); // ours to mend; what was written is kept all the same
          if (error instanceof Away && error.code === "INTERNAL") last.add(next.key);
          const pause = Math.min(500 * 2 ** tries++, LONGEST) * (0.5 + Math.random() / 2);
          if (open && !woken)
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, pause);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
        }
      }
    } finally {
      sending = false;
      if (open) tell(); // another tab may have sent it
    }
  }

  return {
    /** Shows what is kept from before and sends it, until the returned function is called. */
    open(): () => void {
      open = true;
      globalThis.addEventListener?.("storage", tell);
      tell();
      void work();
      return () => {
        open = false;
        globalThis.removeEventListener?.("storage", tell);
        wake();
      };
    },
    share(problem: string): void {
      const text = problem.trim().replace(/\r\n?/g, "\n").normalize("NFC"); // as the server keeps it
      keep({ key: newKey(), problem: text, at: Date.now() });
      void work();
    },
    /** At once, now that the server is there again. */
    again(): void {
      woken = true;
      wake();
      void work();
    },
    /** One that was refused: somebody has its text again. */
    drop,
  };
}
// guide ends: outbox
