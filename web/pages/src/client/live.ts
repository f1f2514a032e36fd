// The client file: subscriptions that never give up, over graphql-ws and without any framework.
//
// To take it along: copy this file and `npm install graphql-ws@6`. It needs nothing else: no other file of these pages, no
// library of queries, no generated types. It runs wherever there is a WebSocket (browsers, Node 22 or newer, a test's DOM).
//
// A stock client asks again with its first variables when it reconnects, and gives up after five tries. Here
// - every subscription moves its `after` forward with each item that it was sent (FeedCaughtUp and FeedReset are items
//   too), so that nothing is missed and nothing comes twice: an item counts once `next` has returned, not before;
// - it tries again for as long as it is followed: after half a second, one, two, … at most thirty, each less a random part so
//   that a crowd does not come back in step, and at once when the browser says that the network is back;
// - a connection that died without a word is found within fifteen seconds, by a ping without its pong;
// - a token that was refused (4401, 4403) is renewed before the next try; where there is none, `signed-out` ends it;
// - a subscription to one type whose cursor is no longer good goes on after the server's own, once `expired` was called;
// - 1012 (restart) and 1013 (too slow) just come back; a close code that says that the client is at fault (4400, 4406, …) and a
//   subscription that is refused are told in `said`, and tried again all the same: the next release may mend it.
// What to do with the items is up to `next`: FeedReset and IdeasImported ask for a new query, all others update by themselves.

import { createClient } from "graphql-ws";

/**
 * `lost`: nothing arrives just now, and what is shown is as of `since`; `said`: why, where the server said so.
 * `signed-out`: somebody must sign in again.
 */
export type State =
  | { is: "connecting" }
  | { is: "live" }
  | { is: "lost"; since: Date; said: string | null }
  | { is: "signed-out" };

export interface Live {
  /** Calls `next` with each item, in order, until the returned function is called. */
  follow<Data, Variables extends Record<string, unknown>>(what: Following<Data, Variables>): () => void;
}

/** A document's text: a string, or one that knows its types, as TypedDocumentString of GraphQL Code Generator does. */
export interface Text<Data, Variables> {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Data;
}

export interface Following<Data, Variables> {
  /** A subscription of one field, such as `feed`. */
  query: Text<Data, Variables>;
  /** With what is asked after the cursor of the last item; null before the first. */
  variables: (after: string | null) => Variables;
  cursor: (data: Data) => string | null;
  next: (data: Data) => void;
  /** Called whenever it changes. */
  state: (state: State) => void;
  /** Of subscriptions to one type, which cannot say FeedReset: ask for everything again. Without it this is a refusal. */
  expired?: () => void;
}

export interface Connection {
  url: string;
  /** A good token, or null where somebody must sign in; `renew`: the last one was refused. */
  token: (renew: boolean) => Promise<string | null>;
  /** The server is of another release than when this page first connected. */
  upgraded?: () => void;
}

const SHORTEST = 500; // ms before it is tried again, doubled each time
const LONGEST = 30_000;
const PING = 10_000; // ms; a cut that nobody tells of is found by a ping without its pong
const PATIENCE = 5_000;
const REFUSED = new Set([4401, 4403]);
const OUR_FAULT = new Set([4400, 4406, 4408, 4409, 4429]);

export function live({ url, token, upgraded }: Connection): Live {
  let release: unknown;
  let alive = new Date(); // when all that had happened until then had come
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  const opened = new Set<{ cut: () => void; heard: () => void }>(); // the subscriptions that are
  const client = createClient({
    url,
    lazy: true,
    retryAttempts: 0, // the loop below is the only one that tries again
    keepAlive: PING,
    connectionParams: async () => ({ authorization: `Bearer ${await token(false)}` }),
    on: {
      connecting: () => {
        unanswered = setTimeout(() => client.terminate(), PING); // it opens, and nobody says anything
      },
      opened: () => clearTimeout(unanswered),
      connected: (_socket, acknowledged) => {
        release ??= acknowledged?.["release"];
        if (release !== acknowledged?.["release"]) upgraded?.();
      },
      ping: (received) => {
        if (!received) unanswered = setTimeout(() => client.terminate(), PATIENCE);
      },
      pong: (received) => {
        if (!received) return;
        alive = new Date();
        clearTimeout(unanswered);
        for (const each of [...opened]) each.heard();
      },
      closed: (event) => {
        clearTimeout(unanswered);
        // By itself the library would come back at once, after the first cursor; ours is the loop below.
        if (closed(event)?.code === 1000) for (const each of [...opened]) each.cut();
      },
    },
  });

  return {
    follow({ query, variables, cursor, next, state, expired }) {
      let after: string | null = null;
      let tries = 0;
      let stopped = false;
      let leave = () => {};
      let told = "";

      function tell(now: State): void {
        const text = JSON.stringify(now);
        if (text !== told) state(now);
        told = text;
      }

      function once(): Promise<unknown> {
        return new Promise((done) => {
          const ended = (why: unknown) => {
            opened.delete(here);
            done(why);
          };
          const cut = () => {
            leave();
            ended(null);
          };
          const heard = () => {
            if (!expired) return; // it is told by FeedCaughtUp
            tries = 0;
            tell({ is: "live" });
          };
          const here = { cut, heard };
          opened.add(here);
          leave = client.subscribe(
            { query: query.toString(), variables: variables(after) },
            {
              next({ data, errors }) {
                if (stopped) return;
                if (!data) {
                  leave();
                  return ended(errors ?? null);
                }
                try {
                  alive = new Date();
                  next(data as never);
                  after = cursor(data as never) ?? after; // not before it has been taken: else it would be missing
                  tries = 0;
                  tell({ is: "live" });
                } catch (error) {
                  report(error);
                  cut(); // and once more, after the last that was taken
                }
              },
              error: ended,
              complete: () => ended(null),
            },
          );
        });
      }

      async function forever(): Promise<void> {
        tell({ is: "connecting" });
        let refused = false;
        while (!stopped) {
          // Asked for here, so that only this tells a token that is no more from a server that is away.
          const bearer: string | null | undefined = await token(refused).catch(() => undefined);
          if (stopped) return;
          if (bearer === null) return tell({ is: "signed-out" });
          const why: unknown = bearer === undefined ? null : await once().catch(report);
          if (stopped) return;
          refused = REFUSED.has(closed(why)?.code ?? 0);
          const from = expired && fresh(why);
          if (from) {
            after = from;
            try {
              expired();
            } catch (error) {
              report(error);
            }
            if (stopped) return;
          }
          tell({ is: "lost", since: alive, said: from ? null : words(why) });
          await sooner(Math.min(SHORTEST * 2 ** tries++, LONGEST) * (0.5 + Math.random() / 2));
        }
      }

      void forever();
      return () => {
        stopped = true;
        leave();
      };
    },
  };
}

/** What somebody has to mend in the page; the feed goes on. */
function report(error: unknown): void {
  (globalThis.reportError ?? console.error)(error);
}

/** What a subscription was refused by, or what is wrong with this client; null where it was cut. */
function words(why: unknown): string | null {
  if (Array.isArray(why)) return why.map((error: { message: string }) => error.message).join(" ");
  const close = closed(why);
  return close !== null && OUR_FAULT.has(close.code) ? close.reason || `closed with ${close.code}` : null;
}

/** Where the server says that it goes on, if it ended a subscription because its cursor is no longer good. */
function fresh(why: unknown): string | null {
  const errors = Array.isArray(why) ? (why as { extensions?: Record<string, unknown> }[]) : [];
  const expired = errors.find(({ extensions }) => extensions?.["code"] === "CURSOR_EXPIRED");
  return expired ? String(expired.extensions?.["cursor"]) : null;
}

/** As a socket was closed, if it was: not every place where there are sockets has a CloseEvent. */
function closed(why: unknown): { code: number; reason: string } | null {
  return typeof why === "object" && why !== null && "code" in why ? (why as { code: number; reason: string }) : null;
}

/** Waits, but no longer than until the network is said to be back. */
export function sooner(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.("online", done);
  });
}
