// What the share page asks for, and as it was answered last where there is no connection.
import { client } from "../client/client";
import { graphql, type ResultOf } from "../client/graphql";
import { dataOf } from "../client/open";

const ASKED = graphql(`
  query Share {
    organisation { responseTargetDays }
    themes(first: 50, filter: { statuses: [OPEN] }) { nodes { id title objective } }
  }
`);
const KEPT = "groundswell.share";

export type Asked = ResultOf<typeof ASKED>;

/** The themes as they are, or as they were when they could be asked for last; null: never yet. */
export async function ask(): Promise<Asked | null> {
  try {
    const found = dataOf(await client.query(ASKED, {}));
    localStorage.setItem(KEPT, JSON.stringify(found));
    return found;
  } catch {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as Asked | null;
  }
}
