// What is shown, in the address: the theme, the unit and the idea, so that a reload or a link shows the same.
import { useState } from "preact/hooks";

export interface Where {
  theme: string | null;
  unit: string | null;
  idea: string | null;
}

export function useAddress(): [Where, (changes: Partial<Where>) => void] {
  const given = new URLSearchParams(location.search);
  const [where, setWhere] = useState<Where>({
    theme: given.get("theme"),
    unit: given.get("unit"),
    idea: given.get("idea"),
  });

  function go(changes: Partial<Where>): void {
    const next = { ...where, ...changes };
    const query = new URLSearchParams();
    for (const name of ["theme", "unit", "idea"] as const) {
      const value = next[name];
      if (value !== null) query.set(name, value);
    }
    history.replaceState(null, "", query.size === 0 ? location.pathname : `?${query.toString()}`);
    setWhere(next);
  }
  return [where, go];
}
