// Sharing an idea: a phone first, in half a minute with one thumb.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { toSignIn } from "../client/asking";
import { isSignedIn } from "../client/session";
import { Nav } from "../nav/nav";
import { share as say } from "../words/en/share";
import { type Asked, ask } from "./asked";
import { EMPTY, useDraft } from "./draft";
import { Form } from "./form";
import { flush, handBack, type Outcome, put, waiting } from "./outbox";
import "../page.css";
import "../form.css";

const AGAIN = 30_000; // ms between two tries, where nobody says that the network is back

const wanted = new URLSearchParams(location.search).get("theme"); // as a poster's code says

/** What stands there instead of the form. `supported`: an idea that was there already. */
type Done = { is: "sent"; reference: string } | { is: "kept" } | { is: "supported"; reference: string };

function Share() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [draft, change] = useDraft();
  const [done, setDone] = useState<Done | null>(waiting() > 0 ? { is: "kept" } : null);
  const [why, setWhy] = useState<string | null>(null);
  const [before, setBefore] = useState(""); // what is said of an idea that was sent while another is written
  const at = useRef({ done, draft });
  at.current = { done, draft };

  useEffect(() => void ask().then(setAsked), []);

  /** What came of sending what was kept. `here`: of what was in the form just now. */
  function came(outcome: Outcome | null, here: boolean): void {
    const waited = at.current.done?.is === "kept";
    if (outcome?.is === "kept" && here) setDone({ is: "kept" });
    if (outcome?.is === "sent" && (here || waited)) setDone(outcome);
    else if (outcome?.is === "sent") setBefore(say.sentBefore(outcome.reference));
    // What was refused comes back into the form, once nothing else is being written or read there.
    const isThanked = outcome?.is === "sent" && waited;
    const isRead = at.current.done !== null && !waited;
    const isWritten = at.current.draft.problem.trim() !== "";
    if (here ? outcome?.is !== "refused" : isThanked || isRead || isWritten) return;
    handBack(({ idea, why: said }) => {
      change({
        problem: idea.problem,
        solution: idea.solution ?? "",
        theme: idea.themeId ?? "",
        anonymous: idea.anonymous ?? false,
      });
      setWhy(said);
      setDone(null);
    });
  }

  // What was kept goes out by itself: at once, when the network is said to be back, and every now and then.
  useEffect(() => {
    const send = async () => came(waiting() > 0 ? await flush() : null, false);
    void send();
    const timer = setInterval(send, AGAIN);
    addEventListener("online", send);
    return () => {
      clearInterval(timer);
      removeEventListener("online", send);
    };
  }, []);

  useEffect(() => {
    if (done === null) came(null, false);
  }, [done]);

  const themes = asked?.themes ?? [];
  const isOpen = (id: string | null) => themes.some((each) => each.id === id);
  // Nobody's idea goes to a theme by oversight: only one that somebody came for, or the only one, is chosen already.
  const first =
    wanted === null ? (themes.length === 1 ? themes[0]?.id : undefined) : isOpen(wanted) ? wanted : undefined;
  const theme = draft.theme ?? first ?? "";

  async function send(): Promise<void> {
    setWhy(null);
    const { problem, solution, anonymous } = draft;
    try {
      put({ problem, solution: solution.trim() || null, themeId: theme || null, anonymous });
    } catch {
      return setWhy(say.unkept);
    }
    change({ ...EMPTY, theme: draft.theme });
    came(await flush(), true);
  }

  if (done !== null) {
    return (
      <main>
        <Thanks done={done} />
        {done.is === "sent" && asked && <p>{say.expect(asked.days)}</p>}
        <button onClick={() => setDone(null)}>{say.another}</button>
        {done.is !== "kept" && <Nav here="share" />}
      </main>
    );
  }
  return (
    <main>
      <h1>{say.title}</h1>
      {asked && <p>{say.expect(asked.days)}</p>}
      <p role="status">{before}</p>
      {wanted !== null && asked && !isOpen(wanted) && <p>{say.notOpen}</p>}
      <Form
        themes={themes}
        draft={draft}
        theme={theme}
        change={change}
        why={why}
        send={send}
        enough={(reference) => {
          change({ ...EMPTY, theme: draft.theme });
          setDone({ is: "supported", reference });
        }}
      />
      <Nav here="share" />
    </main>
  );
}

function Thanks({ done }: { done: Done }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [done]); // so that it is read out: the form has gone
  return (
    <div role="status">
      <h1 ref={heading} tabIndex={-1}>
        {done.is === "sent" && say.sent(done.reference)}
        {done.is === "kept" && say.kept}
        {done.is === "supported" && say.supportedInstead(done.reference)}
      </h1>
      {done.is === "kept" && <p>{say.keptHow}</p>}
    </div>
  );
}

if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/worker.js", { scope: "/share" });
if (isSignedIn()) render(<Share />, document.body);
else toSignIn();
