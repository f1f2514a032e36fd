// Which ideas are shown: of one theme, of one unit and those below it.
import type { Theme } from "../client/feed";
import { live as say } from "../words/en/live";
import { ALL } from "./address";
import type { Unit } from "./asked";
import type { Filter } from "./lists";

interface Props {
  filter: Filter;
  themes: readonly Theme[];
  units: readonly Unit[];
  change: (changes: Partial<Filter>) => void; // a unit is never null: all of them are said too
}

export function Filters({ filter, themes, units, change }: Props) {
  const published = themes.filter((theme) => theme.status !== "DRAFT");
  const choices = [
    {
      name: "theme",
      label: say.theme,
      all: say.allThemes,
      items: published.map(({ id, title }) => ({ id, name: title })),
    },
    { name: "unit", label: say.unit, all: say.allUnits, items: units },
  ] as const;
  return (
    <div class="filters" role="group" aria-label={say.filters}>
      {choices.map(({ name, label, all, items }) => (
        <label key={name}>
          {label}
          <select
            value={filter[name] ?? ""}
            onChange={(event) => change({ [name]: event.currentTarget.value || (name === "unit" ? ALL : null) })}
          >
            <option value="">{all}</option>
            {items.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
