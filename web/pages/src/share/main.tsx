// Sharing an idea: a phone first, in half a minute with one thumb.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { client } from "../client/client";
import { graphql, type ResultOf } from "../client/graphql";
import { dataOf, payload } from "../client/open";
import { isSignedIn } from "../client/session";
import { words } from "../words/en";
import "../page.css";
import "../form.css";

const say = words.share;

const ASKED = graphql(`
  query Share {
    organisation { responseTargetDays }
    themes(first: 50, filter: { statuses: [OPEN] }) { nodes { id title objective } }
  }
`);
const SUBMIT = graphql(`
  mutation Share($input: SubmitIdeaInput!) {
    submitIdea(input: $input) { idea { reference } userErrors { message } }
  }
`);

type Asked = ResultOf<typeof ASKED>;

function Share() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [theme, setTheme] = useState("");
  const [reference, setReference] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [key, setKey] = useState(() => crypto.randomUUID());

  useEffect(() => {
    async function ask() {
      try {
        const found = dataOf(await client.query(ASKED, {}));
        setAsked(found);
        setTheme(found.themes.nodes[0]?.id ?? "");
      } catch {
        setProblem(say.failed);
      }
    }
    void ask();
  }, []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem(null);
    try {
      const input = {
        problem: String(given.get("problem")),
        solution: String(given.get("solution")) || null,
        themeId: theme || null,
        anonymous: given.get("anonymous") !== null,
        idempotencyKey: key, // sent twice, it is shared once
      };
      const answer = payload(dataOf(await client.mutation(SUBMIT, { input })).submitIdea);
      if (answer.idea === null) setProblem(answer.userErrors.map((error) => error.message).join(" "));
      else setReference(answer.idea.reference);
    } catch {
      setProblem(say.failed);
    }
    setBusy(false);
  }

  function again() {
    setReference(null);
    setKey(crypto.randomUUID());
  }

  const chosen = asked?.themes.nodes.find((each) => each.id === theme);
  if (reference !== null) {
    return (
      <main>
        <div role="status">
          <h1>{say.sent(reference)}</h1>
        </div>
        {asked && <p>{say.expect(asked.organisation.responseTargetDays)}</p>}
        <button onClick={again}>{say.another}</button>
      </main>
    );
  }
  return (
    <main>
      <h1>{say.title}</h1>
      {asked && <p>{say.expect(asked.organisation.responseTargetDays)}</p>}
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
        <label>
          {say.problem}
          <span class="hint">{say.problemHint}</span>
          <textarea name="problem" required maxLength={4000} />
        </label>
        <label>
          {say.solution}
          <span class="hint">{say.solutionHint}</span>
          <textarea name="solution" maxLength={4000} />
        </label>
        <label class="choice">
          <input name="anonymous" type="checkbox" />
          <span>
            {say.anonymous}
            <br />
            <span class="hint">{say.anonymousHint}</span>
          </span>
        </label>
        {problem !== null && <p role="alert">{problem}</p>}
        <button disabled={busy}>{busy ? say.sending : say.send}</button>
      </form>
    </main>
  );
}

if (isSignedIn()) render(<Share />, document.body);
else location.replace("/sign-in?to=/share");
