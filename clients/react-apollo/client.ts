// Apollo Client, whose subscriptions go through the client file.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";
import { OperationTypeNode, print } from "graphql";
import { Observable } from "rxjs";
import type { State } from "../../web/pages/src/client/live";
import { Away, asking } from "../shared/asking";
import type { Item } from "../shared/documents";
import { connection, type Session } from "../shared/session";

// guide: client
export function connect(session: Session, state: (state: State) => void): ApolloClient {
  const feed = connection(session);
  const { fetch, heard } = asking(session);
  const subscriptions = new ApolloLink(
    ({ query, variables }) =>
      new Observable((observer) =>
        feed.follow<{ feed: Item }, Record<string, unknown>>({
          query: print(query),
          variables: (after) => ({ ...variables, ...(after !== null && { after }) }),
          cursor: ({ feed }) => feed.cursor,
          next(data) {
            heard(data.feed.cursor);
            observer.next({ data });
          },
          state,
        }),
      ),
  );
  const http = new HttpLink({ uri: `${session.server}/graphql`, fetch });
  // Queries are asked until they are answered; what is shared is sent again by the outbox, which outlasts the page.
  const again = new RetryLink({
    delay: { initial: 500, max: 30_000, jitter: true },
    attempts: (_, { operationType }, error) =>
      operationType === OperationTypeNode.QUERY && error instanceof Away && error.code !== "UNAUTHENTICATED",
  });
  return new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      subscriptions,
      ApolloLink.from([again, http]),
    ),
  });
}
// guide ends: client
