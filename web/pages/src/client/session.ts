// Who is signed in, in this browser: an access token, renewed before it ends, for as long as anybody uses it.
import { alone } from "./alone";
import { graphql, type ResultOf } from "./graphql";
import { dataOf, open, payload } from "./open";

export const PERSON = graphql(`
  fragment SignedInPerson on Person { id name roles }
`);

export type Person = ResultOf<typeof PERSON>;

interface Session {
  access: string;
  refresh: string;
  /** By this device's clock, in ms. */
  until: number;
  person: Person;
}

/** What signing in says where it fails; the words are the server's. */
export type SignedIn = { problem: string | null };

const KEPT = "groundswell.session";
const SPARE = 60_000; // ms: renewed so long before it ends
const USUAL = 10 * 60_000; // what is taken for a fresh token's time, where this device's clock cannot be right
const LONGEST = 60 * 60_000;

const SIGN_IN = graphql(
  `
    mutation SignIn($input: SignInInput!) {
      signIn(input: $input) { accessToken refreshToken expiresAt viewer { ...SignedInPerson } userErrors { message } }
    }
  `,
  [PERSON],
);
const REFRESH = graphql(
  `
    mutation Refresh($input: RefreshSessionInput!) {
      refreshSession(input: $input) {
        accessToken refreshToken expiresAt viewer { ...SignedInPerson } userErrors { message }
      }
    }
  `,
  [PERSON],
);
const SIGN_OUT = graphql(`
  mutation SignOut($input: SignOutInput!) {
    signOut(input: $input) { signedOut userErrors { message } }
  }
`);

export interface Tokens {
  accessToken: string | null;
  refreshToken: string | null;
  expiresAt: string | null;
  viewer: Person | object | null;
}

function kept(): Session | null {
  const text = localStorage.getItem(KEPT);
  return text === null ? null : (JSON.parse(text) as Session);
}

/** Signed in from now on, in this browser; false where the answer has no tokens. */
export function keep(tokens: Tokens): boolean {
  const { accessToken, refreshToken, expiresAt, viewer } = tokens;
  if (accessToken === null || refreshToken === null || expiresAt === null || viewer === null) return false;
  const left = Date.parse(expiresAt) - Date.now();
  const until = Date.now() + (left > SPARE && left < LONGEST ? left : USUAL);
  const session: Session = { access: accessToken, refresh: refreshToken, until, person: personOf(viewer) };
  localStorage.setItem(KEPT, JSON.stringify(session));
  return true;
}

export function isSignedIn(): boolean {
  return kept() !== null;
}

/** Who is signed in, as they were when they last signed in or were renewed; null: nobody. */
export function signedIn(): Person | null {
  return kept()?.person ?? null;
}

export function forget(): void {
  localStorage.removeItem(KEPT);
}

export async function signIn(email: string, password: string): Promise<SignedIn> {
  const answer = payload(dataOf(await open.mutation(SIGN_IN, { input: { email, password } })).signIn);
  return keep(answer) ? { problem: null } : { problem: answer.userErrors.map((error) => error.message).join(" ") };
}

/** Ends the session here, and on the server as far as it can be reached; what is half typed in this tab goes with it. */
export async function signOut(): Promise<void> {
  const session = kept();
  forget();
  sessionStorage.clear();
  if (session === null) return;
  const headers = { authorization: `Bearer ${session.access}` };
  await open.mutation(SIGN_OUT, { input: {} }, { fetchOptions: { headers, keepalive: true } });
}

/** A token that is good now; null where somebody has to sign in again. Throws where the server cannot be reached. */
export async function token(renew = false): Promise<string | null> {
  const session = kept();
  if (session === null) return null;
  if (!renew && session.until - Date.now() > SPARE) return session.access;
  // A refresh token is good once: of all tabs, one renews, and the others take what it got.
  return alone(KEPT, async () => {
    const now = kept();
    if (now === null || now.access !== session.access) return now?.access ?? null;
    const given = { input: { refreshToken: now.refresh } };
    const result = await open.mutation(REFRESH, given, { fetchOptions: { keepalive: true } }); // though the page is left
    const renewed = payload(dataOf(result).refreshSession);
    if (kept()?.access !== session.access) return kept()?.access ?? null; // signed out meanwhile, or somebody else in
    if (keep(renewed)) return kept()?.access ?? null;
    forget();
    return null;
  });
}

/** Whoever signed in is a person; a screen has a token of its own, and no pages but its board. */
function personOf(viewer: Person | object): Person {
  if ("id" in viewer) return viewer;
  throw new Error("a screen is signed in as a person");
}

export function personId(viewer: { id: string } | object): string {
  if ("id" in viewer && typeof viewer.id === "string") return viewer.id;
  throw new Error("a screen is signed in as a person");
}
