// Whose board: what somebody who is signed in may choose, and a screen may not.
import { Nav } from "../nav/nav";
import { board as say } from "../words/en/board";
import type { Whose } from "./asking";

const ALL = "all";

/** The unit that the address asks for; null: the whole organisation, undefined: it does not say. */
export function chosen(): string | null | undefined {
  const unit = new URLSearchParams(location.search).get("unit");
  return unit === ALL ? null : (unit ?? undefined);
}

interface Props {
  whose: Whose;
  unit: string | null;
  choose: (unit: string | null) => void;
}

export function Choice({ whose: { organisation, units, own }, unit, choose }: Props) {
  function change(value: string) {
    history.replaceState(null, "", `/board?unit=${encodeURIComponent(value)}`);
    choose(value === ALL ? null : value);
  }
  return (
    <footer>
      <label>
        {say.whose}{" "}
        <select value={unit ?? ALL} onChange={(event) => change(event.currentTarget.value)}>
          <option value={ALL}>{say.all(organisation)}</option>
          {units.map(({ id, name }) => (
            <option key={id} value={id}>
              {id === own ? say.own(name) : name}
            </option>
          ))}
        </select>
      </label>
      <Nav here="board" />
    </footer>
  );
}
