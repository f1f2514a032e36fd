// What a board asks besides following: whose it is, and whether what is shown is what there is; as a screen or a person.
import { Client, fetchExchange } from "@urql/core";
import { ask } from "../client/asking";
import { client } from "../client/client";
import { every } from "../client/every";
import { sooner } from "../client/live";
import { URL as API, dataOf } from "../client/open";
import { screenToken } from "../client/screen";
import { content, NOW, OF_PERSON, OF_SCREEN, type Unit } from "./asked";

const AGAIN = 10_000; // ms, where the server cannot be reached

/** The token of the screen that this is; null: somebody is signed in, or nobody. */
export const screen = screenToken();

const bearer =
  screen === null
    ? client
    : new Client({
        url: API,
        exchanges: [fetchExchange],
        preferGetMethod: false,
        fetchOptions: { headers: { authorization: `Bearer ${screen}` } },
      });

/** `units`: which boards one may choose from; none on a screen. `own`: the unit of who is signed in. */
export interface Whose {
  organisation: string;
  units: Unit[];
  own: string | null;
}

/** Answers when the server does. */
export async function whose(): Promise<Whose> {
  for (;;) {
    try {
      return await (screen === null ? ofPerson() : ofScreen());
    } catch {
      await sooner(AGAIN);
    }
  }
}

async function ofScreen(): Promise<Whose> {
  const { organisation } = dataOf(await bearer.query(OF_SCREEN, {}));
  return { organisation: organisation.name, units: [], own: null };
}

async function ofPerson(): Promise<Whose> {
  const found: Whose = { organisation: "", units: [], own: null };
  found.units = await every(async (after) => {
    const { viewer, organisation } = await ask(OF_PERSON, { after });
    found.organisation = organisation.name;
    found.own = "unit" in viewer ? (viewer.unit?.id ?? null) : null;
    return organisation.units;
  });
  return found;
}

/** What there is to be seen now; null where there is no such board. */
export async function contentNow(unit: string | null): Promise<string | null> {
  const { board } = dataOf(await bearer.query(NOW, { unit }));
  return board === null ? null : content(board);
}
