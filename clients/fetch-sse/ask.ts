// Queries and mutations by fetch.
import type { Asking } from "../shared/asking";

// guide: ask
interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string }[];
}

/** What no later try mends, in the server's words. */
export class Refusal extends Error {}

/** The data; user errors are in it. Throws Away where the same may be asked again, and Refusal. */
export async function ask<Data>(server: string, http: Asking, query: string, variables: object): Promise<Data> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ query, variables });
  const response = await http.fetch(`${server}/graphql`, { method: "POST", headers, body });
  const answer = (await response.json()) as Answer<Data>;
  if (answer.errors) throw new Refusal(answer.errors.map((each) => each.message).join(" "));
  return answer.data as Data;
}
// guide ends: ask
