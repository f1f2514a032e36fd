// A poster for the staff room: choose a theme, print it, put it up.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask as askOnce, toSignIn } from "../client/asking";
import { every } from "../client/every";
import { graphql, type ResultOf } from "../client/graphql";
import { isSignedIn } from "../client/session";
import { Nav } from "../nav/nav";
import { poster as say } from "../words/en/poster";
import { Sheet } from "./sheet";
import "../page.css";
import "../form.css";
import "./poster.css";

const ASKED = graphql(`
  query Poster($after: String) {
    organisation { name responseTargetDays }
    themes(first: 50, after: $after, filter: { statuses: [OPEN] }) {
      nodes { id title objective closesOn }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Answer = ResultOf<typeof ASKED>;
export type Theme = Answer["themes"]["nodes"][number];
export type Asked = Pick<Answer, "organisation"> & { themes: readonly Theme[] };

async function asks(): Promise<Asked> {
  let organisation: Answer["organisation"] | null = null;
  const themes = await every(async (after) => {
    const answer = await askOnce(ASKED, { after });
    organisation = answer.organisation;
    return answer.themes;
  });
  if (organisation === null) throw new Error("no page was asked for");
  return { organisation, themes };
}

function Poster() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [failed, setFailed] = useState(false);
  const [id, setId] = useState(new URLSearchParams(location.search).get("theme") ?? "");

  async function ask() {
    setFailed(false);
    try {
      setAsked(await asks());
    } catch {
      setFailed(true);
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
  const { themes } = asked;
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
      <Nav here="poster" />
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
else toSignIn();
