// Putting an idea under a theme, or out of it.
import { useState } from "preact/hooks";
import { client } from "../client/client";
import type { Idea, Theme } from "../client/feed";
import { dataOf, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { ASSIGN } from "./asked";
import type { Desk } from "./desk";
import type { Change, Draft } from "./drafts";
import { told, wrong } from "./said";

interface Props {
  idea: Idea;
  themes: readonly Theme[];
  draft: Draft;
  change: Change;
  desk: () => Desk | null;
}

export function Place({ idea, themes, draft, change, desk }: Props) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const now = idea.theme?.id ?? "";
  const chosen = draft.theme ?? now;
  const open = themes.filter((theme) => theme.status === "OPEN" || theme.id === now);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (busy || chosen === now) return;
    setBusy(true);
    setProblem(null);
    const since = desk()?.cursor() ?? "";
    try {
      const input = { ideaId: idea.id, themeId: chosen || null, expectedVersion: idea.version };
      const answer = payload(dataOf(await client.mutation(ASSIGN, { input })).assignIdeaToTheme);
      if (answer.idea !== null) {
        desk()?.take({ ideas: [answer.idea] });
        change(idea.id, () => ({ theme: null }));
      } else {
        const stale = answer.userErrors.some((error) => error.code === "STALE_VERSION");
        if (stale)
          await desk()
            ?.meanwhile(idea.id, since)
            .catch(() => {});
        setProblem(stale ? say.conflict : told(answer.userErrors));
      }
    } catch (error) {
      setProblem(wrong(error, say.failed));
    }
    setBusy(false);
  }

  return (
    <form onSubmit={submit} class="place">
      <label>
        {say.toTheme}
        <select value={chosen} onChange={(event) => change(idea.id, () => ({ theme: event.currentTarget.value }))}>
          <option value="">{say.noTheme}</option>
          {open.map((theme) => (
            <option key={theme.id} value={theme.id}>
              {theme.title}
            </option>
          ))}
        </select>
      </label>
      <button class="small" aria-disabled={busy || chosen === now}>
        {say.assign}
      </button>
      {problem !== null && <p role="alert">{problem}</p>}
    </form>
  );
}
