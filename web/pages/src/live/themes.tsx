// The themes, to be opened and closed by whoever may; it is asked before one closes for everybody.
import { useEffect, useRef, useState } from "preact/hooks";
import { client } from "../client/client";
import type { Theme } from "../client/feed";
import { dataOf, payload } from "../client/open";
import { live as say } from "../words/en/live";
import { CLOSE_THEME, OPEN_THEME } from "./asked";
import type { Desk } from "./desk";
import { told, wrong } from "./said";

interface Props {
  themes: readonly Theme[];
  desk: () => Desk | null;
  tell: (text: string) => void;
}

const mayTurn = ({ status, viewerCanDo }: Theme) => viewerCanDo.includes(status === "OPEN" ? "CLOSE" : "OPEN");

export function Themes({ themes, desk, tell }: Props) {
  const [asking, setAsking] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
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
      else {
        desk()?.take({ themes: [answer.theme] });
        tell((status === "OPEN" ? say.themeClosed : say.themeOpened)(answer.theme.title));
      }
    } catch (error) {
      setProblem(wrong(error, say.failed));
    }
    setBusy(null);
    back(id);
  }

  /** To the button of this theme, which a question stood in place of. */
  function back(id: string) {
    setAsking(null);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-theme="${id}"]`)?.focus());
  }

  if (!themes.some(mayTurn)) return null;

  return (
    <details
      class="themes"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        if (asking !== null) return back(asking);
        event.currentTarget.open = false;
        event.currentTarget.querySelector("summary")?.focus();
      }}
    >
      <summary>{say.themes}</summary>
      {problem !== null && <p role="alert">{problem}</p>}
      <ul ref={list}>
        {themes.map((theme) => (
          <li key={theme.id}>
            <span>
              {theme.title} <span class="chip">{say.themeStatuses[theme.status]}</span>
            </span>
            {mayTurn(theme) && asking !== theme.id && (
              <button
                class="small plain"
                data-theme={theme.id}
                aria-label={(theme.status === "OPEN" ? say.closeThemeNamed : say.openThemeNamed)(theme.title)}
                aria-disabled={busy === theme.id}
                onClick={() => busy === null && (theme.status === "OPEN" ? setAsking(theme.id) : void turn(theme))}
              >
                {theme.status === "OPEN" ? say.closeTheme : say.openTheme}
              </button>
            )}
            {asking === theme.id && (
              <Sure
                title={theme.title}
                busy={busy === theme.id}
                no={() => back(theme.id)}
                yes={() => busy === null && void turn(theme)}
              />
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Sure({ title, busy, no, yes }: { title: string; busy: boolean; no: () => void; yes: () => void }) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <div class="sure" role="group" aria-label={say.closeSure(title)}>
      <p>{say.closeSure(title)}</p>
      <p class="row">
        <button class="small plain" ref={first} onClick={no}>
          {say.leaveOpen}
        </button>
        <button class="small" aria-disabled={busy} onClick={yes}>
          {say.closeYes}
        </button>
      </p>
    </div>
  );
}
