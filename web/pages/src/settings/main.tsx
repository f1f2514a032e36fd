// Settings: each section of this page by its plain link, and only those that the server's answers open.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, toSignIn, why } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";
import { isSignedIn } from "../client/session";
import { Nav } from "../nav/nav";
import { settings as say } from "../words/en/settings";
import { People } from "./people";
import { ME, type Me, Profile } from "./profile";
import { Screens } from "./screens";
import { Themes } from "./themes";
import { UnitTree } from "./unit-tree";
import { allUnits, reachOf, type Unit } from "./units";
import "../page.css";
import "../form.css";
import "./settings.css";

const ASKED = graphql(
  `
    query Settings {
      viewer { __typename ...Me }
      organisation { name viewerCanCreateThemes }
      mine: themes(first: 20, filter: { mine: true }) { nodes { viewerCanDo } }
      screens(first: 1) { nodes { id } }
    }
  `,
  [ME],
);

type Asked = ResultOf<typeof ASKED>;
type Section = "people" | "units" | "themes" | "screens" | "profile";

/** What somebody may see here, in its order. */
function sections({ viewer, organisation, mine, screens }: Asked): Section[] {
  const roles = viewer.__typename === "Person" ? viewer.roles : [];
  const admin = roles.includes("ADMIN");
  const open: Record<Section, boolean> = {
    people: admin,
    units: admin,
    themes: organisation.viewerCanCreateThemes || mine.nodes.some((theme) => theme.viewerCanDo.includes("EDIT")),
    screens: admin || roles.includes("UNIT_LEAD") || screens.nodes.length > 0,
    profile: true,
  };
  return (Object.keys(open) as Section[]).filter((section) => open[section]);
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash.slice(1));
  useEffect(() => {
    const read = () => setHash(location.hash.slice(1));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return hash;
}

function Settings() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [units, setUnits] = useState<Unit[]>([]);
  const [failed, setFailed] = useState<string | null>(null);
  const hash = useHash();

  async function load() {
    try {
      const found = await ask(ASKED, {});
      if (found.viewer.__typename !== "Person") return toSignIn();
      if (sections(found).includes("themes")) setUnits(await allUnits());
      setAsked(found);
      setFailed(null);
    } catch (thrown) {
      setFailed(why(thrown, say.away, say.broken));
    }
  }
  useEffect(() => void load(), []);

  const reloadUnits = () => allUnits().then(setUnits, (thrown) => setFailed(why(thrown, say.away, say.broken)));

  return (
    <main>
      <header>
        <h1>{say.title}</h1>
        {asked && <p class="hint">{asked.organisation.name}</p>}
      </header>
      {failed !== null && (
        <p role="alert">
          {failed}{" "}
          <button type="button" class="second" onClick={load}>
            {say.tryAgain}
          </button>
        </p>
      )}
      {asked === null ? (
        failed === null && <p>{say.loading}</p>
      ) : (
        <Chosen {...{ asked, units, hash, reloadUnits, setAsked }} />
      )}
      <Nav here="settings" />
    </main>
  );
}

interface ChosenProps {
  asked: Asked;
  units: Unit[];
  hash: string;
  reloadUnits: () => Promise<void>;
  setAsked: (asked: Asked) => void;
}

function Chosen({ asked, units, hash, reloadUnits, setAsked }: ChosenProps) {
  const open = sections(asked);
  const section = open.find((each) => each === hash) ?? open[0]!;
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(section);

  useEffect(() => {
    if (before.current !== section) heading.current?.focus(); // as a link within a page leads to its place
    before.current = section;
  }, [section]);

  return (
    <>
      {open.length > 1 && (
        <nav class="sections" aria-label={say.sections}>
          <ul>
            {open.map((each) => (
              <li key={each}>
                <a href={`#${each}`} aria-current={each === section ? "page" : undefined}>
                  {say[each]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <section key={section} aria-labelledby="section">
        <h2 id="section" ref={heading} tabIndex={-1}>
          {say[section]}
        </h2>
        {section === "people" && <People units={units} />}
        {section === "units" && <UnitTree units={units} changed={reloadUnits} />}
        {section === "themes" && (
          <Themes mayCreate={asked.organisation.viewerCanCreateThemes} reach={reachOf(asked.viewer as Me, units)} />
        )}
        {section === "screens" && <Screens />}
        {section === "profile" && (
          <Profile
            me={asked.viewer as Me}
            changed={(me) => setAsked({ ...asked, viewer: { ...me, __typename: "Person" } })}
          />
        )}
      </section>
    </>
  );
}

if (isSignedIn()) render(<Settings />, document.body);
else toSignIn();
