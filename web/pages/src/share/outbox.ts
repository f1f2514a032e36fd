// Ideas that are on their way: kept in this browser until the server has them, and shared once whatever is cut when.
import { CombinedError } from "@urql/core";
import { alone } from "../client/alone";
import { change } from "../client/asking";
import { graphql, type VariablesOf } from "../client/graphql";
import { newKey } from "../client/key";
import { payload } from "../client/open";
import { signedIn } from "../client/session";

const SUBMIT = graphql(`
  mutation Share($input: SubmitIdeaInput!) {
    submitIdea(input: $input) { idea { reference } userErrors { message } }
  }
`);
const KEPT = "groundswell.outbox";
// What no later try mends. All else is the server's or the network's, and is tried again.
const LASTING = new Set(["BAD_ARGUMENT", "FORBIDDEN", "TOO_COSTLY"]);

export type Idea = Omit<VariablesOf<typeof SUBMIT>["input"], "idempotencyKey">;

/** `person`: whose it is, on a phone that several may sign in on. `why`: what the server said where it refused it. */
interface Kept {
  idea: Idea;
  key: string;
  person: string;
  why?: string;
}

/** What became of an idea. `kept`: the server could not be reached, and it is sent when it can. */
export type Outcome = { is: "sent"; reference: string } | { is: "refused" } | { is: "kept" };

export interface Refused {
  idea: Idea;
  why: string;
}

function all(): Kept[] {
  return JSON.parse(localStorage.getItem(KEPT) ?? "[]") as Kept[];
}

function keep(ideas: Kept[]): void {
  localStorage.setItem(KEPT, JSON.stringify(ideas));
}

function own(): Kept[] {
  const person = signedIn()?.id;
  return all().filter((each) => each.person === person);
}

/** How many of one's own ideas have not been sent. */
export function waiting(): number {
  return own().filter((each) => each.why === undefined).length;
}

/** Takes an idea of whoever is signed in. Throws where nobody is, and where this browser keeps nothing. */
export function put(idea: Idea): void {
  const person = signedIn();
  if (person === null) throw new Error("nobody is signed in");
  keep([...all(), { idea, key: newKey(), person: person.id }]);
}

/** Hands one's latest idea that was refused back to `take`, to be put right, and only then lets go of it. */
export function handBack(take: (refused: Refused) => void): void {
  const last = own().findLast((each) => each.why !== undefined);
  if (last?.why === undefined) return;
  take({ idea: last.idea, why: last.why });
  keep(all().filter((each) => each.key !== last.key));
}

/** Sends what waits, oldest first, and tells what became of the last. Of several tabs one sends at a time. */
export function flush(): Promise<Outcome | null> {
  return alone(KEPT, async () => {
    let outcome: Outcome | null = null;
    for (const each of own()) {
      if (each.why !== undefined) continue;
      outcome = await send(each);
      if (outcome.is === "kept") return outcome; // in the order in which they were written
    }
    return outcome;
  });
}

async function send({ idea, key }: Kept): Promise<Outcome> {
  let why: string;
  try {
    const answer = payload((await change(SUBMIT, { input: { ...idea, idempotencyKey: key } })).submitIdea);
    if (answer.idea !== null) {
      keep(all().filter((each) => each.key !== key));
      return { is: "sent", reference: answer.idea.reference };
    }
    why = answer.userErrors.map((error) => error.message).join(" ");
  } catch (thrown) {
    const lasting = lastingly(thrown);
    if (lasting === null) return { is: "kept" };
    why = lasting;
  }
  keep(all().map((each) => (each.key === key ? { ...each, why } : each)));
  return { is: "refused" };
}

/** What the server says that no later try mends; null: it may be sent yet. */
function lastingly(thrown: unknown): string | null {
  if (!(thrown instanceof CombinedError) || thrown.networkError !== undefined) return null;
  const found = thrown.graphQLErrors.find((error) => LASTING.has(String(error.extensions["code"])));
  return found?.message ?? null;
}
