// Sharing an idea: a phone first, in half a minute with one thumb.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { client } from "../client/client";
import { graphql, type ResultOf } from "../client/graphql";
import { dataOf } from "../client/open";
import { isSignedIn } from "../client/session";
import { share as say } from "../words/en/share";
import { flush, type Outcome, put, waiting } from "./outbox";
import { Similar } from "./similar";
import { mayTell } from "./telling";
import "../page.css";
import "../form.css";

const ASKED = graphql(`
  query Share {
    organisation { responseTargetDays }
    themes(first: 50, filter: { statuses: [OPEN] }) { nodes { id title objective } }
  }
`);
const KEPT = "groundswell.share"; // what was answered last, for when there is no connection
const AGAIN = 30_000; // ms between two tries, where nobody says that the network is back

type Asked = ResultOf<typeof ASKED>;

const wanted = new URLSearchParams(location.search).get("theme"); // as a poster's code says

/** The themes as they are, or as they were when they could be asked for last. */
async function ask(): Promise<Asked | null> {
  try {
    const found = dataOf(await client.query(ASKED, {}));
    localStorage.setItem(KEPT, JSON.stringify(found));
    return found;
  } catch {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as Asked | null;
  }
}

function Share() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [theme, setTheme] = useState("");
  const [outcome, setOutcome] = useState<Outcome | null>(waiting() > 0 ? { is: "kept" } : null);
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState({ problem: "", solution: "" });
  const isOpen = asked?.themes.nodes.some((each) => each.id === wanted) ?? true;

  useEffect(() => {
    void ask().then((found) => {
      const open = found?.themes.nodes.map((each) => each.id) ?? [];
      setAsked(found);
      // Whoever came for a theme that has closed shares nothing under another by oversight.
      setTheme((wanted === null ? open[0] : open.find((id) => id === wanted)) ?? "");
    });
  }, []);

  // What was kept goes out by itself: at once, when the network is said to be back, and every now and then.
  useEffect(() => {
    const send = async () => {
      if (waiting() > 0) setOutcome(await flush());
    };
    void send();
    const timer = setInterval(send, AGAIN);
    addEventListener("online", send);
    return () => {
      clearInterval(timer);
      removeEventListener("online", send);
    };
  }, []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    put({
      problem: String(given.get("problem")),
      solution: String(given.get("solution")) || null,
      themeId: theme || null,
      anonymous: given.get("anonymous") !== null,
    });
    setOutcome(await flush());
    setBusy(false);
  }

  const chosen = asked?.themes.nodes.find((each) => each.id === theme);
  if (outcome !== null && outcome.is !== "refused") {
    return (
      <main>
        <div role="status">
          <h1>{outcome.is === "sent" ? say.sent(outcome.reference) : say.kept}</h1>
        </div>
        {asked && <p>{say.expect(asked.organisation.responseTargetDays)}</p>}
        <button onClick={() => setOutcome(null)}>{say.another}</button>
        <Elsewhere />
      </main>
    );
  }
  return (
    <main>
      <h1>{say.title}</h1>
      {asked && <p>{say.expect(asked.organisation.responseTargetDays)}</p>}
      {wanted !== null && !isOpen && <p>{say.notOpen}</p>}
      <form onSubmit={submit}>
        <label>
          {say.theme}
          <select value={theme} onChange={(event) => setTheme(event.currentTarget.value)}>
            {asked?.themes.nodes.map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
              </option>
            ))}
            <option value="">{say.noTheme}</option>
          </select>
        </label>
        {chosen && <p class="objective">{chosen.objective}</p>}
        <Text
          name="problem"
          label={say.problem}
          hint={say.problemHint}
          was={outcome?.idea.problem}
          typed={(problem) => setTyped({ ...typed, problem })}
          required
        />
        <Similar text={typed.problem} />
        <Text
          name="solution"
          label={say.solution}
          hint={say.solutionHint}
          was={outcome?.idea.solution}
          typed={(solution) => setTyped({ ...typed, solution })}
        />
        <p class="caution" role="status">
          {mayTell(typed.problem) || mayTell(typed.solution) ? say.mayTell : ""}
        </p>
        <div class="choice">
          <input id="anonymous" name="anonymous" type="checkbox" aria-describedby="anonymous-hint" />
          <div>
            <label for="anonymous">{say.anonymous}</label>
            <p class="hint" id="anonymous-hint">
              {say.anonymousHint}
            </p>
          </div>
        </div>
        {outcome !== null && <p role="alert">{outcome.why}</p>}
        <button disabled={busy}>{busy ? say.sending : say.send}</button>
      </form>
      <Elsewhere />
    </main>
  );
}

function Elsewhere() {
  return (
    <nav>
      <a href="/mine">{say.mine}</a>
    </nav>
  );
}

interface TextProps {
  name: string;
  label: string;
  hint: string;
  was: string | null | undefined;
  typed: (text: string) => void;
  required?: boolean;
}

/** `was`: what somebody wrote that could not be shared as it is. */
function Text({ name, label, hint, was, typed, required = false }: TextProps) {
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
        defaultValue={was ?? ""}
        onInput={(event) => typed(event.currentTarget.value)}
      />
    </div>
  );
}

if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/worker.js", { scope: "/share" });
if (isSignedIn()) render(<Share />, document.body);
else location.replace(`/sign-in?to=${encodeURIComponent(`/share${location.search}`)}`);
