// All units of the organisation, and their tree.
import { ask } from "../client/asking";
import { every } from "../client/every";
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

export function allUnits(): Promise<Unit[]> {
  return every(async (after) => (await ask(UNITS, { after })).organisation.units);
}

/** The units there are, and those that somebody may make themes for; null: for any, or for all at once. */
export interface Reach {
  units: Unit[];
  own: ReadonlySet<string> | null;
}

/** Who leads units and has no wider role makes themes for those and the units below. */
export function reachOf(me: { id: string; roles: readonly string[] }, units: Unit[]): Reach {
  if (me.roles.includes("ADMIN") || me.roles.includes("THEME_LEAD")) return { units, own: null };
  const own = new Set(units.filter((unit) => unit.leads.some((lead) => lead.id === me.id)).map((unit) => unit.id));
  for (let before = -1; before < own.size; ) {
    before = own.size;
    for (const unit of units) if (unit.parent !== null && own.has(unit.parent.id)) own.add(unit.id);
  }
  return { units, own };
}

/** The units from this one's parent upward: "Medicine, Ashcombe General". */
export function above(unit: Unit, units: Unit[]): string {
  const parent = units.find((each) => each.id === unit.parent?.id);
  return parent === undefined ? "" : [parent.name, above(parent, units)].filter(Boolean).join(", ");
}

/** By name, as the server lists them, each with those below it; at the top what belongs to none of these. */
export function tree(units: Unit[], parent: string | null = null): Branch[] {
  const here = new Set(units.map((unit) => unit.id));
  return units
    .filter((unit) => (unit.parent !== null && here.has(unit.parent.id) ? unit.parent.id : null) === parent)
    .map((unit) => ({ unit, below: tree(units, unit.id) }));
}

/** The units to choose from, each after the one that it belongs to. */
export function options(branches: Branch[], depth = 0): Option[] {
  return branches.flatMap(({ unit, below }) => [
    { value: unit.id, text: unit.name, depth },
    ...options(below, depth + 1),
  ]);
}
