// Which boards somebody may put on a wall: administrators any, others those of the units that they lead and below.
import { ask } from "../client/asking";
import { every } from "../client/every";
import { graphql, type ResultOf } from "../client/graphql";
import { pair } from "../words/en/pair";

const ASKED = graphql(`
  query Pair($after: String) {
    viewer { ... on Person { id roles } }
    organisation {
      name
      units(first: 100, after: $after) {
        nodes { id name parent { id } leads { id } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);
export const APPROVE = graphql(`
  mutation ApprovePairing($input: ApprovePairingInput!) {
    approvePairing(input: $input) { screen { name } userErrors { message } }
  }
`);

/** `id` empty: the whole organisation. */
export interface Place {
  id: string;
  name: string;
}

type Asked = ResultOf<typeof ASKED>;
type Unit = Asked["organisation"]["units"]["nodes"][number];

/** The choices. Throws where they cannot be asked for. */
export async function places(): Promise<Place[]> {
  let asked: Asked | null = null;
  const units = await every(async (after) => {
    asked = await ask(ASKED, { after });
    return asked.organisation.units;
  });
  return asked === null ? [] : of(asked, units);
}

function of({ viewer, organisation }: Asked, units: readonly Unit[]): Place[] {
  if (!("id" in viewer)) return [];
  if (viewer.roles.includes("ADMIN")) return [{ id: "", name: pair.all(organisation.name) }, ...units];
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const led = (id: string | undefined): boolean => {
    const unit = id === undefined ? undefined : byId.get(id);
    return unit !== undefined && (unit.leads.some((lead) => lead.id === viewer.id) || led(unit.parent?.id));
  };
  return units.filter((unit) => led(unit.id));
}
