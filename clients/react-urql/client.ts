// urql, whose subscriptions go through the client file.
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { retryExchange } from "@urql/exchange-retry";
import type { State } from "../../web/pages/src/client/live";
import { Away, asking } from "../shared/asking";
import type { Item } from "../shared/documents";
import { connection, type Session } from "../shared/session";
import { keptIdeas } from "./cache";

// guide: client
export function connect(session: Session, state: (state: State) => void): Client {
  const feed = connection(session);
  const { fetch, heard } = asking(session);
  return new Client({
    url: `${session.server}/graphql`,
    preferGetMethod: false,
    fetch,
    exchanges: [
      keptIdeas,
      // Queries are asked until they are answered; what is shared is sent again by the outbox, which outlasts the page.
      retryExchange({
        maxNumberAttempts: Number.POSITIVE_INFINITY,
        initialDelayMs: 500,
        maxDelayMs: 30_000,
        retryIf: ({ networkError }, { kind }) =>
          kind === "query" && networkError instanceof Away && networkError.code !== "UNAUTHENTICATED",
      }),
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: feed.follow<{ feed: Item }, Record<string, unknown>>({
              query,
              variables: (after) => ({ ...variables, ...(after !== null && { after }) }),
              cursor: ({ feed }) => feed.cursor,
              next(data) {
                heard(data.feed.cursor);
                sink.next({ data });
              },
              state,
            }),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
}
// guide ends: client
