// Ideas that are on their way: kept in this browser until the server has them, and shared once whatever is cut when.
import { client } from "../client/client";
import { graphql, type VariablesOf } from "../client/graphql";
import { dataOf, payload } from "../client/open";

const SUBMIT = graphql(`
  mutation Share($input: SubmitIdeaInput!) {
    submitIdea(input: $input) { idea { reference } userErrors { message } }
  }
`);
const KEPT = "groundswell.outbox";

export type Idea = Omit<VariablesOf<typeof SUBMIT>["input"], "idempotencyKey">;
type Kept = VariablesOf<typeof SUBMIT>["input"] & { idempotencyKey: string };

/** What became of an idea. `kept`: the server could not be reached, and it is sent when it can. */
export type Outcome = { is: "sent"; reference: string } | { is: "refused"; why: string; idea: Idea } | { is: "kept" };

function all(): Kept[] {
  return JSON.parse(localStorage.getItem(KEPT) ?? "[]") as Kept[];
}

function keep(ideas: Kept[]): void {
  localStorage.setItem(KEPT, JSON.stringify(ideas));
}

export function waiting(): number {
  return all().length;
}

export function put(idea: Idea): void {
  keep([...all(), { ...idea, idempotencyKey: crypto.randomUUID() }]);
}

/** Sends what waits, oldest first, and tells what became of the last. Of several tabs one sends at a time. */
export async function flush(): Promise<Outcome | null> {
  return await navigator.locks.request(KEPT, async (): Promise<Outcome | null> => {
    let outcome: Outcome | null = null;
    for (const input of all()) {
      try {
        const answer = payload(dataOf(await client.mutation(SUBMIT, { input })).submitIdea);
        outcome =
          answer.idea === null
            ? { is: "refused", why: answer.userErrors.map((error) => error.message).join(" "), idea: input }
            : { is: "sent", reference: answer.idea.reference };
      } catch {
        return { is: "kept" };
      }
      keep(all().filter((each) => each.idempotencyKey !== input.idempotencyKey));
    }
    return outcome;
  });
}
