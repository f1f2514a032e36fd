// All units of the organisation, and their tree.
import { ask } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";
import type { Option } from "./form";

export const UNIT = graphql(`
  fragment UnitFields on Unit { id name version memberCount parent { id } leads { id name jobTitle unit { name } } }
`);
const UNITS = graphql(
  `
    query Units($after: String) {
      organisation {
        units(first: 100, after: $after) { nodes { ...UnitFields } pageInfo { hasNextPage endCursor } }
      }
    }
  `,
  [UNIT],
);

export type Unit = ResultOf<typeof UNIT>;
export interface Branch {
  unit: Unit;
  below: Branch[];
}

export async function allUnits(): Promise<Unit[]> {
  const found: Unit[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const answer: ResultOf<typeof UNITS> = await ask(UNITS, { after });
    const { nodes, pageInfo } = answer.organisation.units;
    found.push(...nodes);
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage && after !== null;
  }
  return found;
}

/** By name, as the server lists them, each with those below it. */
export function tree(units: Unit[], parent: string | null = null): Branch[] {
  return units
    .filter((unit) => (unit.parent?.id ?? null) === parent)
    .map((unit) => ({ unit, below: tree(units, unit.id) }));
}

/** The units to choose from, each after the one that it belongs to. */
export function options(branches: Branch[], depth = 0): Option[] {
  return branches.flatMap(({ unit, below }) => [
    { value: unit.id, text: unit.name, depth },
    ...options(below, depth + 1),
  ]);
}
