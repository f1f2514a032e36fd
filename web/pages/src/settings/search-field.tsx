// Where a list is searched by name, and how much was found.
import type { ComponentChildren } from "preact";

interface Props {
  label: string;
  value: string;
  typed: (text: string) => void;
  /** How much was found, for who listens too. */
  found: ComponentChildren;
}

export function SearchField({ label, value, typed, found }: Props) {
  return (
    <>
      <div class="field">
        <label for="search">{label}</label>
        <input
          id="search"
          type="search"
          autocomplete="off"
          value={value}
          onInput={(event) => typed(event.currentTarget.value)}
        />
      </div>
      <p role="status" class="hint">
        {found}
      </p>
    </>
  );
}
