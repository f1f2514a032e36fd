// The live view: a leader at a desk sees what comes in, answers it and decides, with everybody else who does.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { State } from "../client/live";
import { isSignedIn } from "../client/session";
import { Nav } from "../nav/nav";
import { asOf } from "../words/as-of";
import { live as say } from "../words/en/live";
import { ALL, useAddress } from "./address";
import { Bar } from "./bar";
import { useDecisions } from "./decisions";
import { type Desk, openDesk, type Shown } from "./desk";
import { EMPTY, isTyped, useDrafts } from "./drafts";
import { Filters } from "./filters";
import { Opened } from "./idea";
import { Lists } from "./list";
import { Themes } from "./themes";
import "../page.css";
import "../form.css";
import "./live.css";

const TICK = 15_000; // ms; marks go and answers become due though nothing else may happen
const TOGETHER = 1_000; // ms; what arrives within is said together
const SAID_FOR = 8_000;

function signIn(): void {
  location.replace(`/sign-in?to=${encodeURIComponent(`/live${location.search}`)}`);
}

/** How many ideas arrived, said once they have, and taken away so that the same number can be said again. */
function useArrivals(arrived: number): string {
  const [text, setText] = useState("");
  const told = useRef(0);
  useEffect(() => {
    told.current = Math.min(told.current, arrived);
    if (arrived === told.current) return;
    const timer = setTimeout(() => {
      setText(say.arrived(arrived - told.current));
      told.current = arrived;
    }, TOGETHER);
    return () => clearTimeout(timer);
  }, [arrived]);
  useEffect(() => {
    if (text === "") return;
    const timer = setTimeout(() => setText(""), SAID_FOR);
    return () => clearTimeout(timer);
  }, [text]);
  return text;
}

function Live() {
  const [where, go] = useAddress();
  const { theme, unit, idea: opened } = where;
  const [shown, setShown] = useState<Shown | null>(null);
  const [state, setState] = useState<State>({ is: "connecting" });
  const [newer, setNewer] = useState(false);
  const [said, tell] = useState("");
  const [now, setNow] = useState(Date.now());
  const desk = useRef<Desk | null>(null);
  const [drafts, change] = useDrafts(shown?.viewer ?? null);
  const at = useRef(opened);
  at.current = opened;
  const decisions = useDecisions({ desk: () => desk.current, shown, change, tell });
  const arrived = useArrivals(shown?.arrived.size ?? 0);
  const filter = { theme, unit: unit === ALL ? null : unit };
  const minded = useRef({ held: decisions.held, drafts });
  minded.current = { held: decisions.held, drafts };

  useEffect(() => {
    desk.current = openDesk({
      filter,
      before: shown,
      opened: () => at.current,
      held: () => minded.current.held.map((each) => each.idea),
      drafted: () => Object.keys(minded.current.drafts).filter((id) => isTyped(minded.current.drafts[id] ?? EMPTY)),
      home: unit === null ? (mine) => go({ unit: mine }) : null,
      tell: (next) => {
        setNow(Date.now());
        setShown(next);
      },
      state: setState,
      refused: () => go({ theme: null, unit: null }),
      upgraded: () => setNewer(true),
    });
    return () => desk.current?.close();
  }, [theme, unit]);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    if (state.is === "signed-out") signIn();
  }, [state]);

  function open(id: string): void {
    go({ idea: id });
    void desk.current?.ask(id).catch(() => {});
    setTimeout(() => document.getElementById("idea")?.focus()); // once it is there
  }

  function back(): void {
    go({ idea: null });
    setTimeout(() => document.querySelector<HTMLElement>(`[data-idea="${opened}"]`)?.focus());
  }

  if (shown === null) {
    return (
      <main class="first">
        <h1>{say.title}</h1>
        <p role="status">{state.is === "lost" ? say.unreached : say.connecting}</p>
      </main>
    );
  }
  const themes = [...shown.kept.themes.values()];
  return (
    <div class={opened === null ? "desk" : "desk reading"}>
      <header class="top">
        <h1>{say.title}</h1>
        <Filters filter={filter} themes={themes} units={shown.units} change={(changes) => go(changes)} />
        <Themes themes={themes} desk={() => desk.current} tell={tell} />
        <p class="state" role="status">
          {state.is === "lost" && say.lost(asOf(state.since))}
        </p>
        {newer && (
          <p class="row">
            {say.newer}
            <button class="small plain" onClick={() => location.reload()}>
              {say.loadNewer}
            </button>
          </p>
        )}
        <Nav here="live" />
      </header>
      <main>
        <Lists
          key={`${theme} ${unit}`}
          shown={shown}
          filter={filter}
          opened={opened}
          now={now}
          open={open}
          desk={() => desk.current}
        />
        {opened === null ? (
          <p class="idea quiet">{say.choose}</p>
        ) : (
          <Opened
            key={opened}
            id={opened}
            shown={shown}
            draft={drafts[opened] ?? EMPTY}
            change={change}
            decisions={decisions}
            desk={() => desk.current}
            tell={tell}
            back={back}
          />
        )}
      </main>
      <Bar
        said={said}
        tell={tell}
        decisions={decisions}
        drafts={drafts}
        opened={opened}
        missing={shown.missing}
        change={change}
        open={open}
      />
      <p class="said" role="status" aria-label={say.lists}>
        {arrived}
      </p>
    </div>
  );
}

if (isSignedIn()) render(<Live />, document.body);
else signIn();
