// What hangs on the wall: follows the board, and shows it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { toSignIn } from "../client/asking";
import { live, type State } from "../client/live";
import { URL as API } from "../client/open";
import { forgetScreen } from "../client/screen";
import { token } from "../client/session";
import { text } from "../client/text";
import { asOf } from "../words/as-of";
import { board as say } from "../words/en/board";
import { type Arrivals, arrivals, MARKED_FOR, NONE } from "./arrivals";
import { BOARD, type Board, content } from "./asked";
import { screen, type Whose, whose } from "./asking";
import { Boundary } from "./boundary";
import { Choice, chosen } from "./choice";
import { Ideas, Themes, Wins } from "./columns";
import { drift, renew } from "./endurance";
import { useFitting } from "./fit";
import { Invitation } from "./invitation";

const MINUTE = 60_000; // ms

const socket = new URL(API, location.href);
socket.protocol = socket.protocol.replace("http", "ws");
const connection = live({
  url: socket.href,
  // A screen's token is good until it is revoked: one that is refused is no more.
  token: screen === null ? token : async (renew) => (renew ? null : screen),
  upgraded: () => void renew(),
});

/** What the page is at, for who watches over it. `shown`: the content of what was drawn. */
export interface At {
  unit: string | null | undefined;
  live: boolean;
  shown: string | null;
}

export function Wall({ at }: { at: At }) {
  const [asked, setAsked] = useState<Whose | null>(null);
  // A screen has the board that it was paired for.
  const [unit, setUnit] = useState(screen === null ? chosen() : (chosen() ?? null));
  const [board, setBoard] = useState<Board | null>(null);
  const [state, setState] = useState<State>({ is: "connecting" });
  const [marked, setMarked] = useState<Arrivals>(NONE);
  const seen = useRef<Arrivals>(NONE);

  useEffect(() => {
    void whose().then((answer) => {
      setAsked(answer);
      setUnit((before) => (before === undefined ? answer.own : before));
    });
  }, []);

  useEffect(() => {
    at.unit = unit;
    if (unit === undefined) return;
    seen.current = NONE;
    return connection.follow({
      query: text(BOARD),
      variables: () => ({ unit }), // what comes is always the whole board, so nothing is asked after a cursor
      cursor: () => null,
      next: ({ board }) => {
        seen.current = arrivals(seen.current, board, Date.now());
        setMarked(seen.current);
        setBoard(board);
      },
      state: setState,
    });
  }, [unit]);

  // Marks go by themselves, though nothing else may happen.
  useEffect(() => {
    if (board === null || marked.at.size === 0) return;
    const timer = setTimeout(() => {
      seen.current = arrivals(seen.current, board, Date.now());
      setMarked(seen.current);
    }, MARKED_FOR / 4);
    return () => clearTimeout(timer);
  }, [board, marked]);

  at.live = state.is === "live";
  useEffect(() => drift(), []);

  if (state.is === "signed-out") {
    if (screen === null) toSignIn();
    else {
      forgetScreen();
      location.replace("/board?screen&revoked");
    }
    return null; // what it showed is no longer its to show
  }
  if (board === null) return <Waiting state={state} />;
  const choice = asked !== null && screen === null && <Choice whose={asked} unit={unit ?? null} choose={setUnit} />;
  return (
    <Boundary
      of={board}
      drawn={(drawn) => {
        at.shown = drawn && content(drawn);
      }}
      otherwise={<Unshown />}
    >
      {(of) => (
        <Shown
          board={of}
          organisation={asked?.organisation ?? say.organisation}
          marked={marked.at}
          state={
            state.is === "lost" ? say.lost(asOf(state.since)) : of === board ? "" : say.behind(asOf(new Date(of.asOf)))
          }
          choice={choice}
        />
      )}
    </Boundary>
  );
}

/** Before the first board. */
function Waiting({ state }: { state: State }) {
  return (
    <div class="waiting" role="status">
      <p>{state.is === "lost" ? (state.said ?? say.unreached) : say.connecting}</p>
      {state.is === "lost" && state.said !== null && screen === null && <a href="/board?unit=all">{say.whole}</a>}
    </div>
  );
}

/** Instead of a board that cannot be drawn. */
export function Unshown() {
  return (
    <p class="waiting" role="status">
      {say.unshown}
    </p>
  );
}

interface Props {
  board: Board;
  organisation: string;
  marked: ReadonlyMap<string, number>;
  state: string;
  choice: ComponentChildren;
}

function Shown({ board, organisation, marked, state, choice }: Props) {
  const wall = useRef<HTMLDivElement>(null);
  const fitting = useFitting(wall);
  const now = useNow();
  const { counts } = board;
  const shown = { marked, fitting };
  const ideas = { now, ...shown };
  return (
    <div class="wall" ref={wall}>
      <header>
        <h1>{board.unit?.name ?? organisation}</h1>
        <p class="state" role="status">
          {state}
        </p>
      </header>
      <Themes themes={board.themes} />
      <Ideas name="newIdeas" title={say.newIdeas} all={counts.newIdeas} ideas={board.newIdeas} {...ideas} />
      <Ideas
        name="awaitingResponse"
        title={say.awaiting}
        all={counts.awaitingResponse}
        ideas={board.awaitingResponse}
        {...ideas}
      />
      <Ideas name="testing" title={say.testing} all={counts.testing} ideas={board.testing} {...ideas} />
      <Wins all={counts.wins} wins={board.wins} {...shown} />
      <Invitation />
      {choice}
      <p class="said" role="status">
        {board.newIdeas
          .filter((idea) => marked.has(idea.id))
          .map((idea) => say.arrived(idea.title))
          .join(" ")}
      </p>
    </div>
  );
}

/** The time, to the minute: what was due becomes overdue though nothing else happens. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return now;
}
