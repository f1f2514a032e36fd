// Who is signed in, in this browser: an access token, renewed before it ends, for as long as anybody uses it.
import { graphql } from "./graphql";
import { dataOf, open, payload } from "./open";

export interface Session {
  access: string;
  refresh: string;
  expiresAt: string;
}

/** What signing in says where it fails; the words are the server's. */
export type SignedIn = { problem: string | null };

const KEPT = "groundswell.session";
const SPARE = 60_000; // ms: renewed so long before it ends

const SIGN_IN = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) { accessToken refreshToken expiresAt userErrors { message } }
  }
`);
const REFRESH = graphql(`
  mutation Refresh($input: RefreshSessionInput!) {
    refreshSession(input: $input) { accessToken refreshToken expiresAt userErrors { message } }
  }
`);

interface Tokens {
  accessToken: string | null;
  refreshToken: string | null;
  expiresAt: string | null;
}

function kept(): Session | null {
  const text = localStorage.getItem(KEPT);
  return text === null ? null : (JSON.parse(text) as Session);
}

/** Signed in from now on, in this browser; false where the answer has no tokens. */
export function keep(tokens: Tokens): boolean {
  const { accessToken, refreshToken, expiresAt } = tokens;
  if (accessToken === null || refreshToken === null || expiresAt === null) return false;
  localStorage.setItem(KEPT, JSON.stringify({ access: accessToken, refresh: refreshToken, expiresAt }));
  return true;
}

export function isSignedIn(): boolean {
  return kept() !== null;
}

export function forget(): void {
  localStorage.removeItem(KEPT);
}

export async function signIn(email: string, password: string): Promise<SignedIn> {
  const answer = payload(dataOf(await open.mutation(SIGN_IN, { input: { email, password } })).signIn);
  return keep(answer) ? { problem: null } : { problem: answer.userErrors.map((error) => error.message).join(" ") };
}

/** A token that is good now; null where somebody has to sign in again. Throws where the server cannot be reached. */
export async function token(renew = false): Promise<string | null> {
  const session = kept();
  if (session === null) return null;
  if (!renew && Date.parse(session.expiresAt) - Date.now() > SPARE) return session.access;
  // A refresh token is good once: of all tabs, one renews, and the others take what it got.
  return navigator.locks.request(KEPT, async () => {
    const now = kept();
    if (now === null || now.access !== session.access) return now?.access ?? null;
    const result = await open.mutation(REFRESH, { input: { refreshToken: now.refresh } });
    if (keep(payload(dataOf(result).refreshSession))) return kept()?.access ?? null;
    forget();
    return null;
  });
}

/** Whoever signed in is a person; a screen has a token of its own, and no pages but its board. */
export function personId(viewer: { id: string } | object): string {
  if ("id" in viewer && typeof viewer.id === "string") return viewer.id;
  throw new Error("a screen is signed in as a person");
}
