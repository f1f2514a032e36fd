// Queries and mutations of whoever is signed in.
import { Client, fetchExchange } from "@urql/core";
import { URL } from "./open";
import { token } from "./session";

/** As `fetch`, for who is signed in. A token that is refused is renewed once: nothing was done by the first request. */
async function authorised(input: RequestInfo | globalThis.URL, init?: RequestInit): Promise<Response> {
  const bearer = await token();
  const first = await fetch(input, { ...init, headers: headers(init, bearer) });
  if (first.status !== 401 || bearer === null) return first;
  const renewed = await token(true);
  return renewed === null ? first : fetch(input, { ...init, headers: headers(init, renewed) });
}

function headers(init: RequestInit | undefined, bearer: string | null): Headers {
  const all = new Headers(init?.headers);
  if (bearer !== null) all.set("authorization", `Bearer ${bearer}`);
  return all;
}

export const client = new Client({
  url: URL,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetch: authorised,
});
