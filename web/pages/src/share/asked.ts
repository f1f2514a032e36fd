// What the share page asks for, and as it was answered last where there is no connection.
import { client } from "../client/client";
import { every } from "../client/every";
import { graphql, type ResultOf } from "../client/graphql";
import { dataOf } from "../client/open";

const ASKED = graphql(`
  query Share($after: String) {
    organisation { responseTargetDays }
    themes(first: 50, after: $after, filter: { statuses: [OPEN] }) {
      nodes { id title objective }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
const KEPT = "groundswell.share";

export interface Asked {
  days: number; // within which somebody answers
  themes: readonly ResultOf<typeof ASKED>["themes"]["nodes"][number][];
}

/** The themes as they are, or as they were when they could be asked for last; null: never yet. */
export async function ask(): Promise<Asked | null> {
  try {
    let days = 0;
    const themes = await every(async (after) => {
      const answer = dataOf(await client.query(ASKED, { after }));
      days = answer.organisation.responseTargetDays;
      return answer.themes;
    });
    localStorage.setItem(KEPT, JSON.stringify({ days, themes }));
    return { days, themes };
  } catch {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as Asked | null;
  }
}
