// A screen on a wall: what hangs there asks for a code, waits until somebody has approved it, and keeps its token.
import { graphql } from "./graphql";
import { dataOf, open, payload } from "./open";

const KEPT = "groundswell.screen";
const AGAIN = 10_000; // ms, where the server cannot be reached
const LONGEST = 10 * 60_000; // ms for which a code is good

const REQUEST = graphql(`
  mutation RequestPairing($input: RequestPairingInput!) {
    requestPairing(input: $input) { code deviceSecret approveUrl expiresAt pollSeconds userErrors { message } }
  }
`);
const REDEEM = graphql(`
  mutation RedeemPairing($input: RedeemPairingInput!) {
    redeemPairing(input: $input) { token userErrors { code } }
  }
`);

/** What a wall shows while it waits. `address`: where somebody approves it. */
export interface Code {
  code: string;
  address: string;
}

export function screenToken(): string | null {
  return localStorage.getItem(KEPT);
}

/** It was revoked: what hangs here is no screen any more. */
export function forgetScreen(): void {
  localStorage.removeItem(KEPT);
}

/** Resolves when this is a screen; `show` is called with each code, and with null while there is none. */
export async function pair(show: (code: Code | null) => void): Promise<void> {
  while (screenToken() === null) {
    try {
      const asked = payload(dataOf(await open.mutation(REQUEST, { input: {} })).requestPairing);
      const { code, deviceSecret, approveUrl, expiresAt, pollSeconds } = asked;
      if (code === null || deviceSecret === null || approveUrl === null || expiresAt === null)
        throw new Error("no code");
      show({ code, address: approveUrl });
      // A television's clock may be wrong by years: then what it takes from a time on the server's is of no use.
      const left = Date.parse(expiresAt) - Date.now();
      await redeemed(deviceSecret, left > 0 && left < LONGEST ? left : LONGEST, (pollSeconds ?? 5) * 1000);
    } catch {
      show(null);
      await wait(AGAIN);
    }
  }
}

/** Asks until somebody has approved it or the code has ended. A connection that is away for a while costs nothing. */
async function redeemed(deviceSecret: string, left: number, every: number): Promise<void> {
  const begun = performance.now();
  while (performance.now() - begun < left) {
    await wait(every);
    const result = await open.mutation(REDEEM, { input: { deviceSecret } });
    const answer = result.data?.redeemPairing;
    if (answer?.token) return localStorage.setItem(KEPT, answer.token);
    if (answer?.userErrors.some((error) => error.code !== "PAIRING_PENDING")) return;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
