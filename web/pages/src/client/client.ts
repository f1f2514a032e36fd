// Queries and mutations of whoever is signed in.
import { Client, fetchExchange } from "@urql/core";
import { URL } from "./open";
import { token } from "./session";

export const client = new Client({
  url: URL,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetch: async (input, init) => {
    const bearer = await token();
    const headers = new Headers(init?.headers);
    if (bearer !== null) headers.set("authorization", `Bearer ${bearer}`);
    return fetch(input, { ...init, headers });
  },
});
