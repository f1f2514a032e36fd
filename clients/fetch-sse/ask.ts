// Queries and mutations by fetch.
import type { Asking } from "../shared/asking";

// guide: ask
interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string }[];
}

/** The data; user errors are in it. Throws Away where the same may be asked again, else an Error with the server's words. */
export async function ask<Data>(server: string, http: Asking, query: string, variables: object): Promise<Data> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ query, variables });
  const response = await http.fetch(`${server}/graphql`, { method: "POST", headers, body });
  const answer = (await response.json()) as Answer<Data>;
  if (answer.errors) throw new Error(answer.errors.map((each) => each.message).join(" "));
  return answer.data as Data;
}
// guide ends: ask
