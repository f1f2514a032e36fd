// An invitation: the one-time token of its link, and what becomes of it.
import { graphql } from "../client/graphql";
import { dataOf, open, payload } from "../client/open";
import { keep, PERSON } from "../client/session";

const ACCEPT = graphql(
  `
  mutation Accept($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      accessToken refreshToken expiresAt viewer { ...SignedInPerson } userErrors { code message path }
    }
  }
`,
  [PERSON],
);

/** `gone`: the link was used or is too old. `missing`: the address has no token. `failed`: try again. */
export type Refused = { is: "gone" } | { is: "missing" } | { is: "failed" } | { is: "password"; message: string };

/** The token, which is taken out of the address, so that it is neither seen nor kept in the history. */
export function tokenOfAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  history.replaceState(null, "", location.pathname);
  return token || null;
}

/** Signed in from now on: null. Else what was wrong. */
export async function accept(token: string, password: string): Promise<Refused | null> {
  try {
    const answer = payload(dataOf(await open.mutation(ACCEPT, { input: { token, password } })).acceptInvitation);
    if (keep(answer)) return null;
    const of = (field: string) => answer.userErrors.find((error) => error.path[0] === field);
    const wrong = of("password");
    return of("token") === undefined && wrong !== undefined
      ? { is: "password", message: wrong.message }
      : { is: "gone" };
  } catch {
    return { is: "failed" };
  }
}
