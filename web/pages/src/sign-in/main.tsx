// Signing in, and then back to the page that asked for it.
import { render } from "preact";
import { useRef, useState } from "preact/hooks";
import { signIn } from "../client/session";
import { signIn as say } from "../words/en/sign-in";
import "../page.css";
import "../form.css";

/** Where to go on: a path of this server, whatever the address says. */
function onward(): string {
  const to = new URLSearchParams(location.search).get("to") ?? "";
  return /^\/[a-z]/.test(to) ? to : "/share";
}

function SignIn() {
  const [problem, setProblem] = useState<string | null>(null);
  const busy = useRef(false); // and not `disabled`, which would take the focus away
  const password = useRef<HTMLInputElement>(null);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (busy.current) return;
    const given = new FormData(event.currentTarget as HTMLFormElement);
    busy.current = true;
    setProblem(null); // so that the same words are read out again
    try {
      const { problem: found } = await signIn(String(given.get("email")), String(given.get("password")));
      if (found === null) return location.assign(onward());
      setProblem(found);
      password.current?.select();
    } catch {
      setProblem(say.failed);
    } finally {
      busy.current = false;
    }
  }

  return (
    <main>
      <h1>{say.title}</h1>
      <form onSubmit={submit}>
        <label>
          {say.email}
          <input name="email" type="email" autocomplete="username" required />
        </label>
        <label>
          {say.password}
          <input ref={password} name="password" type="password" autocomplete="current-password" required />
        </label>
        {problem !== null && <p role="alert">{problem}</p>}
        <button>{say.go}</button>
      </form>
      {onward().startsWith("/board") && (
        <p>
          <a href="/board?screen">{say.screen}</a>
        </p>
      )}
    </main>
  );
}

render(<SignIn />, document.body);
