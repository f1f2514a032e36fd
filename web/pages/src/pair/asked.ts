// Which boards somebody may put on a wall: administrators any, others those of the units that they lead and below.
import { graphql, type ResultOf } from "../client/graphql";
import { pair } from "../words/en/pair";

export const ASKED = graphql(`
  query Pair {
    viewer { ... on Person { id roles } }
    organisation { name units(first: 100) { nodes { id name parent { id } leads { id } } } }
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

export function places({ viewer, organisation }: ResultOf<typeof ASKED>): Place[] {
  const units = organisation.units.nodes;
  if (!("id" in viewer)) return [];
  if (viewer.roles.includes("ADMIN")) return [{ id: "", name: pair.all(organisation.name) }, ...units];
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const led = (id: string | undefined): boolean => {
    const unit = id === undefined ? undefined : byId.get(id);
    return unit !== undefined && (unit.leads.some((lead) => lead.id === viewer.id) || led(unit.parent?.id));
  };
  return units.filter((unit) => led(unit.id));
}
