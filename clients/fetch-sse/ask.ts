// Queries and mutations by fetch.
import { Away, refusal } from "../shared/outbox";
import type { Session } from "../shared/session";

// guide: ask
const PATIENCE = 15_000; // ms

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions: Record<string, unknown> }[];
}

/** The data; user errors are in it. Throws Away where the same may be asked again, else an Error with the server's words. */
export async function ask<Data>(session: Session, query: string, variables: object, after?: string): Promise<Data> {
  const headers = {
    authorization: `Bearer ${session.token}`,
    "content-type": "application/json",
    ...(after !== undefined && { "groundswell-after": after }), // never older than what was heard
  };
  let answer: Answer<Data>;
  try {
    const body = JSON.stringify({ query, variables });
    const signal = AbortSignal.timeout(PATIENCE); // an answer that is lost is known by that it does not come
    const response = await fetch(`${session.server}/graphql`, { method: "POST", headers, body, signal });
    answer = (await response.json()) as Answer<Data>;
  } catch {
    throw new Away(); // no connection, or something before the server that does not speak JSON
  }
  if (answer.errors) throw new Error(refusal(answer.errors));
  return answer.data as Data;
}
// guide ends: ask
