// The page that an invitation's link leads to: choosing a password, and then on to sharing an idea.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { welcome as say } from "../words/en/welcome";
import { accept, type Refused, tokenOfAddress } from "./invitation";
import "../page.css";
import "../form.css";

const token = tokenOfAddress(); // before anything is shown: it leaves the address bar at once

function Welcome() {
  const [refused, setRefused] = useState<Refused | null>(token === null ? { is: "missing" } : null);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    const found = await accept(token ?? "", String(given.get("password")));
    if (found === null) return location.replace("/share");
    setRefused(found);
    setBusy(false);
  }

  if (refused?.is === "gone" || refused?.is === "missing") return <NoMore missing={refused.is === "missing"} />;
  const wrong = refused?.is === "password" ? refused.message : null;
  return (
    <main>
      <h1>{say.title}</h1>
      <p>{say.intro}</p>
      <form onSubmit={submit}>
        <div class="field">
          <label for="password">{say.password}</label>
          <p class="hint" id="password-hint">
            {say.hint}
          </p>
          <input
            id="password"
            name="password"
            type={(shown ? "text" : "password") as "text" /* Preact types each by itself */}
            autocomplete="new-password"
            aria-describedby={wrong === null ? "password-hint" : "password-hint password-wrong"}
            aria-invalid={wrong !== null}
            required
          />
          {wrong !== null && (
            <p role="alert" id="password-wrong">
              {wrong}
            </p>
          )}
        </div>
        <div class="choice">
          <input id="shown" type="checkbox" onChange={(event) => setShown(event.currentTarget.checked)} />
          <label for="shown">{say.show}</label>
        </div>
        {refused?.is === "failed" && <p role="alert">{say.failed}</p>}
        <button disabled={busy}>{busy ? say.going : say.go}</button>
      </form>
    </main>
  );
}

/** Kindly, and with what to do. */
function NoMore({ missing }: { missing: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []); // so that it is read out
  return (
    <main>
      <h1 ref={heading} tabIndex={-1}>
        {missing ? say.missingTitle : say.goneTitle}
      </h1>
      <p>{missing ? say.missing : say.gone}</p>
      <p>
        {say.chosen} <a href="/sign-in">{say.signIn}</a>
      </p>
      <p>{say.ask}</p>
    </main>
  );
}

addEventListener("hashchange", () => location.reload()); // another link, opened in the same tab
render(<Welcome />, document.body);
