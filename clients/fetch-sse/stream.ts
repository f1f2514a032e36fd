// A feed over server-sent events without any library. EventSource cannot send an Authorization header; fetch can.

// guide: stream
const SILENCE = 20_000; // ms: the server sends a comment every 15 s
const LONGEST = 30_000; // ms between two tries

/** Why a stream ended; `said` is what it was refused by. */
interface Ended {
  refused: boolean;
  said: string | null;
}

const CUT: Ended = { refused: false, said: null };

export interface Following<Data> {
  server: string;
  /** A good token; null ends it: somebody must sign in. `renew`: the last one was refused. */
  token: (renew: boolean) => Promise<string | null>;
  query: string;
  /** The cursor that the query before was read at. */
  after: string;
  next: (data: Data) => void;
  /** Whether it is connected, whenever that changes; `said`: what a subscription was refused by. */
  state: (live: boolean, said: string | null) => void;
}

/** Calls `next` with each item, in order and once, until the returned function is called. It never gives up. */
export function follow<Data>({ server, token, query, after, next, state }: Following<Data>): () => void {
  const stop = new AbortController();
  let last = after; // moves forward with each item that was taken
  let tries = 0;
  let told = "";

  function tell(live: boolean, said: string | null): void {
    const now = JSON.stringify([live, said]);
    if (now !== told) state(live, said);
    told = now;
  }

  async function once(bearer: string): Promise<Ended> {
    const cut = new AbortController();
    let timer = setTimeout(() => cut.abort(), SILENCE);
    stop.signal.addEventListener("abort", () => cut.abort(), { signal: cut.signal });
    try {
      const response = await fetch(`${server}/graphql`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${bearer}`,
          accept: "text/event-stream",
          "content-type": "application/json",
          "last-event-id": last,
        },
        body: JSON.stringify({ query }),
        signal: cut.signal,
      });
      if (response.status === 401) return { refused: true, said: null };
      if (!response.ok || response.body === null) return { refused: false, said: await response.text() };
      const heard = () => {
        clearTimeout(timer);
        timer = setTimeout(() => cut.abort(), SILENCE);
      };
      for await (const { data, id } of events(response.body, heard)) {
        if (stop.signal.aborted) return CUT; // by what was taken last
        const answer = JSON.parse(data) as {
          data?: Data;
          errors?: { message: string; extensions: { code: string } }[];
        };
        if (answer.errors) {
          const refused = answer.errors.some((each) => each.extensions.code === "UNAUTHENTICATED");
          return { refused, said: answer.errors.map((each) => each.message).join(" ") };
        }
        try {
          if (answer.data) next(answer.data);
        } catch (error) {
          (globalThis.reportError ?? console.error)(error);
          return CUT; // and once more, after the last that was taken
        }
        if (id !== null) last = id; // not before it was taken: else it would be missing
        tries = 0;
        tell(true, null);
      }
      return CUT;
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) console.error(error); // no event of ours
      return CUT; // the network, or silence
    } finally {
      clearTimeout(timer);
      cut.abort(); // whatever ended it, no stream stays open
    }
  }

  async function forever(): Promise<void> {
    let refused = false;
    while (!stop.signal.aborted) {
      const bearer: string | null | undefined = await token(refused).catch(() => undefined); // away: undefined
      if (bearer === null) return tell(false, "Sign in again.");
      const why: Ended = bearer === undefined ? CUT : await once(bearer);
      if (stop.signal.aborted) return;
      refused = why.refused;
      tell(false, why.said);
      await sooner(Math.min(500 * 2 ** tries++, LONGEST) * (0.5 + Math.random() / 2));
    }
  }

  void forever();
  return () => stop.abort();
}

/** The stream's events with their data. `heard` is called with whatever comes, comments too. */
async function* events(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
): AsyncGenerator<{ data: string; id: string | null }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return; // what is left is half an event: it comes again
    heard();
    text += decoder.decode(value, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data: string[] = [];
      let id: string | null = null;
      for (const line of block.split("\n")) {
        if (line.startsWith("data: ")) data.push(line.slice(6));
        if (line.startsWith("id: ")) id = line.slice(4);
      }
      if (data.length > 0) yield { data: data.join("\n"), id };
    }
  }
}

/** Waits, but no longer than until the network is said to be back. */
function sooner(ms: number): Promise<void> {
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
// guide ends: stream
