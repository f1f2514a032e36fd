// My ideas: what became of each, a phone first.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { toSignIn } from "../client/asking";
import type { State } from "../client/live";
import { isSignedIn } from "../client/session";
import { Nav } from "../nav/nav";
import { asOf } from "../words/as-of";
import { mine as say } from "../words/en/mine";
import type { Idea } from "./asked";
import { Card } from "./card";
import { type Mine, myWins } from "./mine";
import { type Tended, tend } from "./tend";
import { Thanks } from "./thanks";
import "../page.css";
import "../form.css";
import "./mine.css";

function Page() {
  const [mine, setMine] = useState<Mine | null>(null);
  const [said, setSaid] = useState("");
  const [state, setState] = useState<State>({ is: "connecting" });
  const [more, setMore] = useState({ ideas: false, wins: false });
  const [failed, setFailed] = useState(false);
  const [tended] = useState<Tended>(() =>
    tend({ mine: setMine, said: setSaid, state: setState, more: (ideas, wins) => setMore({ ideas, wins }) }),
  );

  async function attempt(work: () => Promise<void>) {
    setFailed(false);
    try {
      await work();
    } catch {
      if (!isSignedIn()) return toSignIn();
      setFailed(true);
    }
  }

  useEffect(() => {
    void attempt(tended.open);
    return tended.close;
  }, [tended]);

  useEffect(() => {
    if (state.is === "signed-out") toSignIn();
  }, [state]);

  async function showMore() {
    const last = mine?.ideas.length ?? 0;
    await attempt(tended.more);
    document.querySelectorAll<HTMLElement>(".opener")[last]?.focus();
  }

  function done(idea: Idea, text: string) {
    tended.put(idea);
    setSaid(text);
  }

  return (
    <main>
      <h1>{say.title}</h1>
      <p class="state" role="status">
        {state.is === "lost" ? say.lost(asOf(state.since)) : ""}
      </p>
      <p class="said" role="status">
        {said}
      </p>
      {failed && <p role="alert">{say.away}</p>}
      {mine === null && !failed && <p>{say.connecting}</p>}
      {mine === null && failed && <button onClick={() => attempt(tended.open)}>{say.again}</button>}
      {mine !== null && (
        <>
          <Thanks mine={mine} wins={myWins(mine)} />
          {mine.ideas.length === 0 && <p>{say.none}</p>}
          <ul class="ideas">
            {mine.ideas.map((idea) => (
              <Card
                key={idea.id}
                idea={idea}
                me={mine.me}
                fresh={mine.fresh.has(idea.id)}
                seen={() => tended.seen(idea.id)}
                done={done}
              />
            ))}
          </ul>
          {more.ideas && <button onClick={showMore}>{say.more}</button>}
          {more.wins && (
            <button class="second" onClick={() => attempt(tended.earlier)}>
              {say.thanks.earlier}
            </button>
          )}
        </>
      )}
      <Nav here="mine" />
    </main>
  );
}

if (isSignedIn()) render(<Page />, document.body);
else toSignIn();
