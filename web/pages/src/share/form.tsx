// The few questions of sharing an idea.
import { useState } from "preact/hooks";
import { share as say } from "../words/en/share";
import type { Asked } from "./asked";
import type { Draft } from "./draft";
import { Similar } from "./similar";
import { mayTell } from "./telling";

interface Props {
  themes: Asked["themes"];
  draft: Draft;
  /** The id of the theme that it is for; empty: none. */
  theme: string;
  change: (changes: Partial<Draft>) => void;
  /** Why it was not shared; null: nothing was said. */
  why: string | null;
  send: () => Promise<void>;
  enough: (reference: string) => void;
}

export function Form({ themes, draft, theme, change, why, send, enough }: Props) {
  const [busy, setBusy] = useState(false);
  const chosen = themes.find((each) => each.id === theme);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (busy) return; // and not `disabled`, which would take the focus away
    setBusy(true);
    try {
      await send();
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit}>
      <label>
        {say.theme}
        <select value={theme} onChange={(event) => change({ theme: event.currentTarget.value })}>
          <option value="">{say.noTheme}</option>
          {themes.map((each) => (
            <option key={each.id} value={each.id}>
              {each.title}
            </option>
          ))}
        </select>
      </label>
      {chosen && <p class="objective">{chosen.objective}</p>}
      <Text
        name="problem"
        label={say.problem}
        hint={say.problemHint}
        value={draft.problem}
        typed={(problem) => change({ problem })}
        required
      />
      <Similar text={draft.problem} enough={enough} />
      <Text
        name="solution"
        label={say.solution}
        hint={say.solutionHint}
        value={draft.solution}
        typed={(solution) => change({ solution })}
      />
      <p class="caution" role="status">
        {mayTell(draft.problem) || mayTell(draft.solution) ? say.mayTell : ""}
      </p>
      <div class="choice">
        <input
          id="anonymous"
          type="checkbox"
          aria-describedby="anonymous-hint"
          checked={draft.anonymous}
          onChange={(event) => change({ anonymous: event.currentTarget.checked })}
        />
        <div>
          <label for="anonymous">{say.anonymous}</label>
          <p class="hint" id="anonymous-hint">
            {say.anonymousHint}
          </p>
        </div>
      </div>
      {why !== null && <p role="alert">{why}</p>}
      <button>{busy ? say.sending : say.send}</button>
    </form>
  );
}

interface TextProps {
  name: string;
  label: string;
  hint: string;
  value: string;
  typed: (text: string) => void;
  required?: boolean;
}

function Text({ name, label, hint, value, typed, required = false }: TextProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
      <textarea
        id={name}
        name={name}
        aria-describedby={`${name}-hint`}
        required={required}
        maxLength={4000}
        value={value}
        onInput={(event) => typed(event.currentTarget.value)}
      />
    </div>
  );
}
