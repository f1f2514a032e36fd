// A fetch as all requests of an example need it, whichever library sends them.
import type { Session } from "./session";

// guide: asking
const PATIENCE = 15_000; // ms: an answer that is lost is known by that it does not come
const PASSING = ["UNAVAILABLE", "INTERNAL", "RATE_LIMITED", "UNAUTHENTICATED"];

interface Answer {
  data?: unknown;
  errors?: { extensions?: { code?: string } }[];
}

/** Thrown where the same may be asked again, and nobody knows whether it was done. */
export class Away extends Error {
  constructor(readonly code: string | null = null) {
    super(code === "UNAUTHENTICATED" ? "Sign in again." : "The server cannot be reached just now. Try again.");
  }
}

export interface Asking {
  fetch: typeof fetch;
  /** From now on no answer is older than what the feed has told up to this cursor, whichever process gives it. */
  heard: (cursor: string) => void;
}

/** With a good token, and not for ever. Throws Away. */
export function asking({ token }: Pick<Session, "token">): Asking {
  let cursor: string | null = null;

  async function once(url: string, init: RequestInit | undefined, renew: boolean): Promise<Response> {
    const bearer = await token(renew);
    if (bearer === null) throw new Away("UNAUTHENTICATED"); // until somebody has signed in
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${bearer}`);
    if (cursor !== null) headers.set("groundswell-after", cursor);
    // By hand: in some releases of Node what AbortSignal.any made of a timeout is collected before it is over.
    const giving = new AbortController();
    const give = () => giving.abort();
    const timer = setTimeout(give, PATIENCE);
    init?.signal?.addEventListener("abort", give);
    if (init?.signal?.aborted) give();
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, { ...init, headers, signal: giving.signal });
      text = await response.text();
    } finally {
      clearTimeout(timer);
      init?.signal?.removeEventListener("abort", give);
    }
    const answer = JSON.parse(text) as Answer;
    if (!("data" in answer || "errors" in answer)) throw new Away(); // something before the server that speaks JSON
    for (const { extensions } of answer.errors ?? [])
      if (extensions?.code !== undefined && PASSING.includes(extensions.code)) throw new Away(extensions.code);
    return new Response(text, response);
  }

  return {
    heard(now) {
      cursor = now;
    },
    async fetch(where, init) {
      const url = where as string; // as these libraries give it
      try {
        return await once(url, init, false).catch((error: unknown) => {
          if (error instanceof Away && error.code === "UNAUTHENTICATED") return once(url, init, true);
          throw error;
        });
      } catch (error) {
        if (error instanceof Away || init?.signal?.aborted) throw error;
        throw new Away(); // no connection, no answer, or something before the server that does not speak JSON
      }
    },
  };
}
// guide ends: asking
