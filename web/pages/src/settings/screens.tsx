// Screens on walls: which are on, and which have not been seen for a while; renamed and revoked.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, change, why } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";
import { payload } from "../client/open";
import { settings as say } from "../words/en/settings";
import { Actions, Sure } from "./actions";
import { Form, Text, text } from "./form";
import { moment } from "./terms";
import { Told, useTold } from "./told";

const SCREEN = graphql(`
  fragment ScreenFields on Screen {
    id name lastSeenAt lastEventAt revokedAt unit { name } pairedBy { name }
  }
`);
const SCREENS = graphql(
  `
    query Screens($after: String) {
      screens(first: 100, after: $after) { nodes { ...ScreenFields } pageInfo { hasNextPage endCursor } }
    }
  `,
  [SCREEN],
);
const RENAME = graphql(
  `
    mutation RenameScreen($input: RenameScreenInput!) {
      renameScreen(input: $input) { screen { ...ScreenFields } userErrors { code message path } }
    }
  `,
  [SCREEN],
);
const REVOKE = graphql(
  `
    mutation RevokeScreen($id: ID!) {
      revokeScreen(input: { screenId: $id }) { screen { ...ScreenFields } userErrors { code message path } }
    }
  `,
  [SCREEN],
);
const OFF_AFTER = 120_000; // ms without being seen
const LOOK = 30_000; // ms: being seen is no event, so it is asked for

type Screen = ResultOf<typeof SCREEN>;

async function allScreens(): Promise<Screen[]> {
  const found: Screen[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { screens }: ResultOf<typeof SCREENS> = await ask(SCREENS, { after });
    found.push(...screens.nodes);
    after = screens.pageInfo.endCursor;
    more = screens.pageInfo.hasNextPage && after !== null;
  }
  return found;
}

export function Screens() {
  const [screens, setScreens] = useState<Screen[] | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [told, tell] = useTold();
  const [, setLooked] = useState(0);

  const changes = useRef(0);
  useEffect(() => {
    async function look() {
      const before = changes.current;
      try {
        const found = await allScreens();
        if (before !== changes.current) return; // asked before something was changed here: it may be older
        setScreens(found);
        setFailed(null);
      } catch (thrown) {
        setFailed(why(thrown, say.away, say.broken));
      }
      setLooked(Date.now()); // time passes though nobody answers
    }
    void look();
    const timer = setInterval(() => document.visibilityState === "visible" && void look(), LOOK);
    return () => clearInterval(timer);
  }, []);

  function changed(screen: Screen) {
    changes.current += 1;
    setScreens((now) => now?.map((each) => (each.id === screen.id ? screen : each)) ?? null);
  }
  const order = [...(screens ?? [])].sort(
    (one, two) => Number(one.revokedAt !== null) - Number(two.revokedAt !== null),
  );

  return (
    <>
      <p>
        <a class="go" href="/pair">
          {say.screen.pair}
        </a>
      </p>
      {failed !== null && <p role="alert">{failed}</p>}
      {screens?.length === 0 && <p>{say.screen.empty}</p>}
      <ul class="items">
        {order.map((screen) => (
          <li key={screen.id} class="item">
            <OneScreen screen={screen} changed={changed} tell={tell} />
          </li>
        ))}
      </ul>
      <Told told={told} />
    </>
  );
}

interface OneProps {
  screen: Screen;
  changed: (screen: Screen) => void;
  tell: (what: string) => void;
}

function OneScreen({ screen, changed, tell }: OneProps) {
  const { id, name } = screen;
  const facts = [
    screen.unit?.name ?? say.screen.whole,
    screen.pairedBy && say.screen.pairedBy(screen.pairedBy.name),
    screen.lastEventAt && say.screen.sent(moment(screen.lastEventAt)),
  ];
  return (
    <>
      <h3>
        {name} <Seen screen={screen} />
      </h3>
      <p class="hint">{facts.filter(Boolean).join(" · ")}</p>
      {screen.revokedAt === null && (
        <Actions
          of={[
            {
              label: say.screen.rename,
              name: say.screen.renameOne(name),
              opens: (close) => <Rename {...{ screen, changed, tell, close }} />,
            },
            {
              label: say.screen.unpair,
              name: say.screen.unpairOne(name),
              opens: (close) => (
                <Sure
                  question={say.screen.sure(name)}
                  yes={say.screen.yes}
                  act={async () => payload((await change(REVOKE, { id })).revokeScreen)}
                  done={(answer) => {
                    const now = answer.screen ?? screen;
                    changed({ ...now, revokedAt: now.revokedAt ?? new Date().toISOString() });
                    tell(say.screen.gone(name));
                  }}
                  close={close}
                />
              ),
            },
          ]}
        />
      )}
    </>
  );
}

function Seen({ screen: { lastSeenAt, revokedAt } }: { screen: Screen }) {
  if (revokedAt !== null) return <span class="state">{say.screen.unpaired(moment(revokedAt))}</span>;
  if (lastSeenAt === null) return <span class="state off">{say.screen.never}</span>;
  if (Date.now() - Date.parse(lastSeenAt) <= OFF_AFTER) return <span class="state open">{say.screen.on}</span>;
  return <span class="state off">{say.screen.off(moment(lastSeenAt))}</span>;
}

function Rename({ screen, changed, tell, close }: OneProps & { close: () => void }) {
  return (
    <Form
      label={say.screen.renameOne(screen.name)}
      send={async (given) => {
        const input = { screenId: screen.id, name: text(given, "name") };
        return payload((await change(RENAME, { input })).renameScreen);
      }}
      done={(answer) => {
        if (answer.screen) changed(answer.screen);
        tell(say.screen.renamed);
        close();
      }}
      cancel={close}
    >
      <Text name="name" label={say.name} was={screen.name} required />
    </Form>
  );
}
