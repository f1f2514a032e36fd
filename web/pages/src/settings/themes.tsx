// Themes: drafts of one's own first, then those that are or were open; made, changed, opened and closed.
import { useEffect, useState } from "preact/hooks";
import { ask, change, why } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";
import { payload } from "../client/open";
import { settings as say } from "../words/en/settings";
import { Act, Actions } from "./actions";
import { date } from "./terms";
import { CreateTheme, EditTheme, THEME, type Theme } from "./theme-form";
import { Told, useTold } from "./told";
import type { Reach } from "./units";

const DRAFTS = graphql(
  `query Drafts { themes(first: 100, filter: { statuses: [DRAFT], mine: true }) { nodes { ...ThemeFields } } }`,
  [THEME],
);
const THEMES = graphql(
  `
    query Themes($after: String) {
      themes(first: 20, after: $after) { nodes { ...ThemeFields } pageInfo { hasNextPage endCursor } }
    }
  `,
  [THEME],
);
const OPEN = graphql(
  `
    mutation OpenTheme($id: ID!) {
      openTheme(input: { themeId: $id }) { theme { ...ThemeFields } userErrors { code message path } }
    }
  `,
  [THEME],
);
const CLOSE = graphql(
  `
    mutation CloseTheme($id: ID!) {
      closeTheme(input: { themeId: $id }) { theme { ...ThemeFields } userErrors { code message path } }
    }
  `,
  [THEME],
);

interface ThemesProps {
  mayCreate: boolean;
  reach: Reach;
}

export function Themes({ mayCreate, reach }: ThemesProps) {
  const [themes, setThemes] = useState<Theme[] | null>(null);
  const [next, setNext] = useState<ResultOf<typeof THEMES>["themes"]["pageInfo"] | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [told, tell] = useTold();

  async function load(after: string | null) {
    try {
      const before = after === null ? (await ask(DRAFTS, {})).themes.nodes : (themes ?? []);
      const page = (await ask(THEMES, { after })).themes;
      const there = new Set(before.map((theme) => theme.id));
      setThemes([...before, ...page.nodes.filter((theme) => !there.has(theme.id))]);
      setNext(page.pageInfo);
      setFailed(null);
    } catch (thrown) {
      setFailed(why(thrown, say.away, say.broken));
    }
  }
  useEffect(() => void load(null), []);

  const changed = (theme: Theme) =>
    setThemes((now) =>
      now?.some((each) => each.id === theme.id)
        ? now.map((each) => (each.id === theme.id ? theme : each))
        : [theme, ...(now ?? [])],
    );

  return (
    <>
      {mayCreate && (
        <Actions
          of={[
            {
              label: say.theme.create,
              first: true,
              opens: (close) => (
                <CreateTheme
                  reach={reach}
                  close={close}
                  done={(theme) => {
                    changed(theme);
                    tell(say.theme.created(theme.title));
                  }}
                />
              ),
            },
          ]}
        />
      )}
      {failed !== null && (
        <p role="alert">
          {failed}{" "}
          <button type="button" class="second" onClick={() => load(null)}>
            {say.tryAgain}
          </button>
        </p>
      )}
      {themes?.length === 0 && <p>{say.theme.empty}</p>}
      <ul class="items">
        {themes?.map((theme) => (
          <li key={theme.id} class="item">
            <OneTheme theme={theme} reach={reach} changed={changed} tell={tell} />
          </li>
        ))}
      </ul>
      {next?.hasNextPage && (
        <button type="button" class="second" onClick={() => load(next.endCursor)}>
          {say.more}
        </button>
      )}
      <Told told={told} />
    </>
  );
}

interface OneProps {
  theme: Theme;
  reach: Reach;
  changed: (theme: Theme) => void;
  tell: (what: string) => void;
}

function OneTheme({ theme, reach, changed, tell }: OneProps) {
  const { id, title, viewerCanDo: may } = theme;
  const facts = [
    say.theme.window(theme.opensOn && date(theme.opensOn), theme.closesOn && date(theme.closesOn)),
    theme.units.map((unit) => unit.name).join(", ") || say.screen.whole,
    theme.owner && say.theme.ledBy(theme.owner.name),
  ];
  // One button for both, so that a keyboard stays where it is.
  const turn = may.includes("OPEN")
    ? {
        label: say.theme.open,
        name: say.theme.openOne(title),
        question: null,
        act: async () => payload((await change(OPEN, { id })).openTheme),
        done: say.theme.opened(title),
      }
    : may.includes("CLOSE") && {
        label: say.theme.close,
        name: say.theme.closeOne(title),
        question: { text: say.theme.sure(title), yes: say.theme.yes },
        act: async () => payload((await change(CLOSE, { id })).closeTheme),
        done: say.theme.closed(title),
      };
  return (
    <>
      <h3>
        {title} <span class={`state ${theme.status.toLowerCase()}`}>{say.theme.status[theme.status]}</span>
      </h3>
      <p>{theme.objective}</p>
      <p class="hint">{facts.filter(Boolean).join(" · ")}</p>
      <div class="row">
        {turn && (
          <Act
            {...turn}
            done={({ theme: now }) => {
              if (now) changed(now);
              tell(turn.done);
            }}
          />
        )}
        {may.includes("EDIT") && (
          <Actions
            of={[
              {
                label: say.edit,
                name: say.editOne(title),
                opens: (close) => (
                  <EditTheme theme={theme} reach={reach} close={close} changed={changed} done={() => tell(say.saved)} />
                ),
              },
            ]}
          />
        )}
      </div>
    </>
  );
}
