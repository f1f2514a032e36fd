// The board: for a television at three metres, left on for months.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { live, type State } from "../client/live";
import { URL as API } from "../client/open";
import { forgetScreen, screenToken } from "../client/screen";
import { isSignedIn, token } from "../client/session";
import { board as say } from "../words/en/board";
import { language } from "../words/language";
import { type Arrivals, arrivals, MARKED_FOR, NONE } from "./arrivals";
import { BOARD, type Board, type Idea, type Win } from "./asked";
import { drift, watch } from "./endurance";
import "../page.css";
import "./board.css";

const SIGN_IN = `/sign-in?to=${encodeURIComponent(`/board${location.search}`)}`;
const TIME = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const day = (text: string) => DAY.format(new Date(text));

const socket = new URL(API, location.href);
socket.protocol = socket.protocol.replace("http", "ws");
const screen = screenToken();
const connection = live({
  url: socket.href,
  // A screen's token is good until it is revoked: one that is refused is no more.
  token: screen === null ? token : async (renew) => (renew ? null : screen),
  upgraded: () => location.reload(),
});

function Wall() {
  const unit = new URLSearchParams(location.search).get("unit");
  const [board, setBoard] = useState<Board | null>(null);
  const [state, setState] = useState<State>({ is: "connecting" });
  const [marked, setMarked] = useState<Arrivals>(NONE);
  const seen = useRef<Arrivals>(NONE);

  useEffect(
    () =>
      connection.follow({
        document: BOARD,
        variables: () => ({ unit }), // what comes is always the whole board, so nothing is asked after a cursor
        cursor: () => null,
        next: ({ board }) => {
          seen.current = arrivals(seen.current, board, Date.now());
          setMarked(seen.current);
          setBoard(board);
        },
        state: setState,
      }),
    [unit],
  );

  // Marks go by themselves, though nothing else may happen.
  useEffect(() => {
    if (board === null || marked.at.size === 0) return;
    const timer = setTimeout(() => {
      seen.current = arrivals(seen.current, board, Date.now());
      setMarked(seen.current);
    }, MARKED_FOR / 4);
    return () => clearTimeout(timer);
  }, [board, marked]);

  const now = useRef(state);
  now.current = state;
  useEffect(() => watch(() => now.current.is === "live"), []);
  useEffect(() => drift(), []);

  if (state.is === "signed-out") {
    if (screen === null) location.replace(SIGN_IN);
    else {
      forgetScreen();
      location.replace("/board?screen&revoked");
    }
    return null; // what it showed is no longer its to show
  }
  if (board === null) return <p class="waiting">{say.connecting}</p>;
  const ideas = { marked: marked.at };
  return (
    <div class="wall">
      <header>
        <h1>{board.unit?.name ?? say.organisation}</h1>
        <p class="state" role="status">
          {state.is === "lost" ? say.lost(TIME.format(state.since)) : ""}
        </p>
      </header>
      <Themes themes={board.themes} />
      <Ideas title={say.newIdeas} all={board.counts.newIdeas} ideas={board.newIdeas} {...ideas} />
      <Ideas title={say.awaiting} all={board.counts.awaitingResponse} ideas={board.awaitingResponse} {...ideas} />
      <Ideas title={say.testing} all={board.counts.testing} ideas={board.testing} {...ideas} />
      <Wins wins={board.wins} marked={marked.at} />
      <p class="said" role="status">
        {board.newIdeas
          .filter((idea) => marked.at.has(idea.id))
          .map((idea) => say.arrived(idea.title))
          .join(" ")}
      </p>
    </div>
  );
}

function Themes({ themes }: { themes: Board["themes"] }) {
  return (
    <section class="themes" aria-label={say.themes}>
      <h2>{say.themes}</h2>
      {themes.length === 0 && <p>{say.empty}</p>}
      <ul>
        {themes.slice(0, 3).map((theme) => (
          <li key={theme.id}>
            <h3>{theme.title}</h3>
            <p>
              {theme.objective}
              {theme.closesOn && <span class="quiet"> ({say.until(day(theme.closesOn))})</span>}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

type Marked = { marked: ReadonlyMap<string, number> };

function Ideas({ title, all, ideas, marked }: { title: string; all: number; ideas: Idea[] } & Marked) {
  return (
    <section aria-label={title}>
      <h2>
        {title} <span class="count">{all}</span>
      </h2>
      {ideas.length === 0 && <p>{say.empty}</p>}
      <ul>
        {ideas.map((idea) => (
          <li key={idea.id} class={marked.has(idea.id) ? "card fresh" : "card"}>
            <p class="title">{idea.title}</p>
            <p class="quiet">
              {idea.author?.name ?? say.anonymous}
              {idea.theme && ` · ${idea.theme.title}`}
              {idea.responseDueAt && ` · ${say.due(day(idea.responseDueAt))}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Wins({ wins, marked }: { wins: Win[] } & Marked) {
  return (
    <section class="wins" aria-label={say.wins}>
      <h2>{say.wins}</h2>
      {wins.length === 0 && <p>{say.empty}</p>}
      <ul>
        {wins.map((win) => (
          <li key={win.id} class={marked.has(win.id) ? "card fresh" : "card"}>
            <p class="title">{win.headline}</p>
            <p class="quiet">
              {[
                win.early && say.early,
                win.thanks.length > 0 && say.thanks(win.thanks.map((person) => person.name).join(", ")),
              ]
                .filter(Boolean)
                .join(" · ")}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

const asked = new URLSearchParams(location.search);
if (screen !== null || (isSignedIn() && !asked.has("screen"))) render(<Wall />, document.body);
else if (asked.has("screen")) {
  void import("./pairing").then(({ Pairing }) =>
    render(<Pairing revoked={asked.has("revoked")} done={() => location.replace("/board")} />, document.body),
  );
} else location.replace(SIGN_IN);
