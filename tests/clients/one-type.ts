// The client file on a subscription to one type, by lines: its states, "expired", and the titles of the ideas.
import { Window } from "happy-dom";
import { connection, printed } from "../../clients/shared/session";
import { given } from "../../clients/shared/terminal";

interface Shared {
  ideaSubmitted: { cursor: string; idea: { title: string } };
}

Object.assign(globalThis, { WebSocket: new Window({ url: given("SERVER") }).WebSocket });
connection(printed(given("SERVER"), given("TOKEN"))).follow<Shared, Record<string, unknown>>({
  query: "subscription ($after: Cursor) { ideaSubmitted(after: $after) { cursor idea { title } } }",
  variables: (after) => ({ after: after ?? given("AFTER") }),
  cursor: ({ ideaSubmitted }) => ideaSubmitted.cursor,
  next: ({ ideaSubmitted }) => console.log(ideaSubmitted.idea.title),
  state: ({ is }) => console.log(is),
  expired: () => console.log("expired"),
});
