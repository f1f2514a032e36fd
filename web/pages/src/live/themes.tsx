// The themes, to be opened and closed by whoever may.
import { useState } from "preact/hooks";
import { client } from "../client/client";
import type { Theme } from "../client/feed";
import { dataOf, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { CLOSE_THEME, OPEN_THEME } from "./asked";
import type { Desk } from "./desk";
import { told, wrong } from "./said";

export function Themes({ themes, desk }: { themes: readonly Theme[]; desk: () => Desk | null }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function turn({ id, status }: Theme): Promise<void> {
    setBusy(id);
    setProblem(null);
    try {
      const answer =
        status === "OPEN"
          ? payload(dataOf(await client.mutation(CLOSE_THEME, { id })).closeTheme)
          : payload(dataOf(await client.mutation(OPEN_THEME, { id })).openTheme);
      if (answer.theme === null) setProblem(told(answer.userErrors));
      else desk()?.take({ themes: [answer.theme] });
    } catch (error) {
      setProblem(wrong(error, say.failed));
    }
    setBusy(null);
  }

  return (
    <details
      class="themes"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector("summary")?.focus();
      }}
    >
      <summary>{say.themes}</summary>
      {themes.length === 0 && <p>{say.noThemes}</p>}
      {problem !== null && <p role="alert">{problem}</p>}
      <ul>
        {themes.map((theme) => (
          <li key={theme.id}>
            <span>
              {theme.title} <span class="chip">{say.themeStatuses[theme.status]}</span>
            </span>
            {theme.viewerCanDo.includes(theme.status === "OPEN" ? "CLOSE" : "OPEN") && (
              <button
                class="small"
                aria-label={(theme.status === "OPEN" ? say.closeThemeNamed : say.openThemeNamed)(theme.title)}
                aria-disabled={busy === theme.id}
                onClick={() => busy === null && void turn(theme)}
              >
                {theme.status === "OPEN" ? say.closeTheme : say.openTheme}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
