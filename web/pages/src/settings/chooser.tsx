// Choosing people by their names: who leads a unit, or a theme.
import { useId, useRef, useState } from "preact/hooks";
import { usePeople } from "../people/search";
import { settings } from "../words/en/settings";
import { Group } from "./form";

const say = settings.choose;
const SHOWN = 8;

export interface Chosen {
  id: string;
  name: string;
  jobTitle?: string | null;
  unit?: { name: string } | null;
}

interface ChooserProps {
  name: string;
  label: string;
  hint: string;
  was: Chosen[];
  /** True: choosing somebody takes the place of who was chosen. */
  one?: boolean;
}

/** What is chosen is in the form as hidden fields of this name. */
export function Chooser({ name, label, hint, was, one = false }: ChooserProps) {
  const [chosen, setChosen] = useState(was);
  const [search, setSearch] = useState("");
  const { page, failed } = usePeople(settings, search, SHOWN + 20, 0, search.trim() !== "");
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  const all = (page?.people ?? []).filter(
    (person) => person.deactivatedAt === null && chosen.every((each) => each.id !== person.id),
  );
  const found = all.slice(0, SHOWN);

  function add(person: Chosen) {
    setChosen(one ? [person] : [...chosen, person]);
    setSearch("");
    input.current?.focus();
  }

  function remove(person: Chosen) {
    setChosen(chosen.filter((each) => each.id !== person.id));
    input.current?.focus();
  }

  return (
    <Group name={name} label={label} hint={hint}>
      <ul class="chosen">
        {chosen.map((person) => (
          <li key={person.id}>
            <input type="hidden" name={name} value={person.id} />
            <span>{described(person)}</span>
            <button type="button" class="second" aria-label={say.removeOne(person.name)} onClick={() => remove(person)}>
              {say.remove}
            </button>
          </li>
        ))}
      </ul>
      <label for={id}>{say.search}</label>
      <input
        ref={input}
        id={id}
        type="search"
        autocomplete="off"
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()} // which would send the form
      />
      <p role="status" class="hint">
        {page && (found.length === 0 ? say.none : say.found(found.length, all.length > SHOWN))}
      </p>
      {failed !== null && <p role="alert">{failed}</p>}
      <ul class="found">
        {found.map((person) => (
          <li key={person.id}>
            <button type="button" class="second" aria-label={say.add(described(person))} onClick={() => add(person)}>
              {described(person)}
            </button>
          </li>
        ))}
      </ul>
    </Group>
  );
}

function described({ name, jobTitle, unit }: Chosen): string {
  return [name, jobTitle, unit?.name].filter(Boolean).join(", ");
}
