// A poster for the staff room: choose a theme, print it, put it up.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { client } from "../client/client";
import { graphql, type ResultOf } from "../client/graphql";
import { dataOf } from "../client/open";
import { isSignedIn } from "../client/session";
import { poster as say } from "../words/en/poster";
import { Sheet } from "./sheet";
import "../page.css";
import "../form.css";
import "./poster.css";

const ASKED = graphql(`
  query Poster {
    organisation { name responseTargetDays }
    themes(first: 50, filter: { statuses: [OPEN] }) { nodes { id title objective closesOn } }
  }
`);

export type Asked = ResultOf<typeof ASKED>;
export type Theme = Asked["themes"]["nodes"][number];

function signIn(): void {
  location.replace(`/sign-in?to=${encodeURIComponent(`/poster${location.search}`)}`);
}

function Poster() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [failed, setFailed] = useState(false);
  const [id, setId] = useState(new URLSearchParams(location.search).get("theme") ?? "");

  async function ask() {
    setFailed(false);
    try {
      setAsked(dataOf(await client.query(ASKED, {})));
    } catch {
      if (isSignedIn()) setFailed(true);
      else signIn();
    }
  }

  useEffect(() => void ask(), []);

  function choose(theme: string) {
    setId(theme);
    history.replaceState(null, "", theme === "" ? "/poster" : `/poster?theme=${encodeURIComponent(theme)}`);
  }

  if (asked === null) {
    return <main class="poster">{failed && <Failed again={ask} />}</main>;
  }
  const themes = asked.themes.nodes;
  const theme = themes.find((each) => each.id === id);
  return (
    <main class="poster">
      <div class="controls">
        <label>
          {say.which}
          <select value={theme?.id ?? ""} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">{say.general}</option>
            {themes.map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
              </option>
            ))}
          </select>
        </label>
        <button onClick={() => print()}>{say.print}</button>
        <p class="hint" role="status">
          {id !== "" && theme === undefined ? say.notOpen : say.hint}
        </p>
      </div>
      <Sheet organisation={asked.organisation} theme={theme} />
    </main>
  );
}

function Failed({ again }: { again: () => void }) {
  return (
    <>
      <p role="alert">{say.failed}</p>
      <button onClick={again}>{say.again}</button>
    </>
  );
}

if (isSignedIn()) render(<Poster />, document.body);
else signIn();
