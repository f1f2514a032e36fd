// Approving a screen: on the phone of who leads the unit, by the code that the wall shows.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { change, toSignIn, why } from "../client/asking";
import { payload } from "../client/open";
import { isSignedIn } from "../client/session";
import { pair as say } from "../words/en/pair";
import { APPROVE, type Place, places } from "./asked";
import "../page.css";
import "../form.css";

function Pair() {
  const [choices, setChoices] = useState<Place[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<{ name: string; unitId: string | null } | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [done]); // the button is gone

  useEffect(() => {
    places().then(setChoices, (thrown) => setProblem(why(thrown, say.failed, say.broken)));
  }, []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const input = {
      code: String(given.get("code")),
      name: String(given.get("name")),
      unitId: String(given.get("unit")) || null,
    };
    if (busy || !choices?.length) return;
    setBusy(true);
    setProblem(null);
    try {
      const answer = payload((await change(APPROVE, { input })).approvePairing);
      if (answer.screen === null) setProblem(answer.userErrors.map((error) => error.message).join(" "));
      else setDone({ name: answer.screen.name, unitId: input.unitId });
    } catch (thrown) {
      setProblem(why(thrown, say.failed, say.broken));
    }
    setBusy(false);
  }

  if (done !== null) {
    return (
      <main>
        <div role="status">
          <h1 ref={heading} tabIndex={-1}>
            {say.done(done.name)}
          </h1>
        </div>
        <p>{say.after}</p>
        <nav>
          <ul>
            <li>
              <a href={`/board?unit=${encodeURIComponent(done.unitId ?? "all")}`}>{say.board}</a>
            </li>
            <li>
              <a href="/settings#screens">{say.screens}</a>
            </li>
          </ul>
        </nav>
      </main>
    );
  }
  const code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  return (
    <main>
      <h1>{say.title}</h1>
      <p>{say.what}</p>
      {choices?.length === 0 && <p role="alert">{say.nothing}</p>}
      <form onSubmit={submit}>
        <label>
          {say.code}
          <input
            name="code"
            defaultValue={code}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            required
          />
        </label>
        <label>
          {say.unit}
          <select name="unit">
            {choices?.map((place) => (
              <option key={place.id} value={place.id}>
                {place.name}
              </option>
            ))}
          </select>
        </label>
        <div class="field">
          <label for="name">{say.name}</label>
          <p class="hint" id="name-hint">
            {say.nameHint}
          </p>
          <input id="name" name="name" aria-describedby="name-hint" maxLength={200} required />
        </div>
        {problem !== null && <p role="alert">{problem}</p>}
        <button aria-disabled={busy || !choices?.length}>{busy ? say.going : say.go}</button>
      </form>
    </main>
  );
}

if (isSignedIn()) render(<Pair />, document.body);
else toSignIn();
