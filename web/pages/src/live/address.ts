// What is shown, in the address: the theme, the unit and the idea, so that a reload or a link shows the same.
import { useRef, useState } from "preact/hooks";

export interface Where {
  theme: string | null;
  unit: string | null; // null: nothing was said, and who leads a unit begins there
  idea: string | null;
}

/** As a unit: all of them, though who looks leads one. */
export const ALL = "all";

export function useAddress(): [Where, (changes: Partial<Where>) => void] {
  const given = new URLSearchParams(location.search);
  const [where, setWhere] = useState<Where>({
    theme: given.get("theme"),
    unit: given.get("unit"),
    idea: given.get("idea"),
  });
  const latest = useRef(where);

  function go(changes: Partial<Where>): void {
    const next = { ...latest.current, ...changes };
    const query = new URLSearchParams();
    for (const name of ["theme", "unit", "idea"] as const) {
      const value = next[name];
      if (value !== null) query.set(name, value);
    }
    history.replaceState(null, "", query.size === 0 ? location.pathname : `?${query.toString()}`);
    latest.current = next;
    setWhere(next);
  }
  return [where, go];
}
