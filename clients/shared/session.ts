// Where the server is and who asks: as little as an example needs.
import { live, type State } from "../../web/pages/src/client/live";

// guide: session
export interface Session {
  /** Such as http://127.0.0.1:8000 */
  server: string;
  /** Whose it is: what they share without a connection is kept for them. */
  person: string;
  /** A good token, or null where somebody must sign in; `renew`: the last one was refused. */
  token: (renew: boolean) => Promise<string | null>;
}

/** With a token from the command line. It is not renewed: one that is refused is no more. */
export function printed(server: string, token: string): Session {
  return { server, person: "me", token: async (renew) => (renew ? null : token) };
}

/** The client file's connection. */
export function connection({ server, token }: Pick<Session, "server" | "token">) {
  return live({ url: `${server.replace(/^http/, "ws")}/graphql`, token });
}
// guide ends: session

/** What an example tells those who watch it. */
export interface Watch {
  /** An item of the feed was taken. */
  taken: (item: { __typename: string; cursor: string }) => void;
}

export const CONNECTING: State = { is: "connecting" };
