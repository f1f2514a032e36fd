// What is asked of a theme, new or not.
import { useState } from "preact/hooks";
import { ask, change } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";
import { payload } from "../client/open";
import { settings } from "../words/en/settings";
import { Chooser } from "./chooser";
import { Choices, Form, Text, text, textOrNone, texts } from "./form";
import { options, type Reach, tree } from "./units";

const say = settings.theme;

export const THEME = graphql(`
  fragment ThemeFields on Theme {
    id title objective why status opensOn closesOn version viewerCanDo
    owner { id name }
    units { id name }
  }
`);
const CREATE = graphql(
  `
    mutation CreateTheme($input: CreateThemeInput!) {
      createTheme(input: $input) { theme { ...ThemeFields } userErrors { code message path } }
    }
  `,
  [THEME],
);
const EDIT = graphql(
  `
    mutation EditTheme($input: EditThemeInput!) {
      editTheme(input: $input) { theme { ...ThemeFields } userErrors { code message path } }
    }
  `,
  [THEME],
);
const AGAIN = graphql(`query Theme($id: ID!) { theme(id: $id) { ...ThemeFields } }`, [THEME]);

export type Theme = ResultOf<typeof THEME>;

function read(given: FormData) {
  return {
    title: text(given, "title"),
    objective: text(given, "objective"),
    why: textOrNone(given, "why"),
    unitIds: texts(given, "unitIds"),
    ownerId: textOrNone(given, "ownerId"),
    opensOn: textOrNone(given, "opensOn"),
    closesOn: textOrNone(given, "closesOn"),
  };
}

interface CreateProps {
  reach: Reach;
  done: (theme: Theme) => void;
  close: () => void;
}

export function CreateTheme({ reach, done, close }: CreateProps) {
  return (
    <Form
      label={say.create}
      send={async (given, idempotencyKey) =>
        payload((await change(CREATE, { input: { ...read(given), idempotencyKey } })).createTheme)
      }
      done={({ theme }) => {
        if (theme) done(theme);
        close();
      }}
      go={say.go}
      cancel={close}
    >
      <Fields reach={reach} />
    </Form>
  );
}

interface EditProps extends CreateProps {
  theme: Theme;
  changed: (theme: Theme) => void;
}

export function EditTheme({ theme: given, reach, changed, done, close }: EditProps) {
  const [theme, setTheme] = useState(given); // as it was when this opened: whatever changes, what is typed stays

  async function again() {
    const found = await ask(AGAIN, { id: given.id });
    if (found.theme === null) return;
    setTheme(found.theme);
    changed(found.theme);
  }

  return (
    <Form
      key={theme.version}
      label={settings.editOne(theme.title)}
      send={async (given) => {
        const input = { ...read(given), themeId: theme.id, expectedVersion: theme.version };
        return payload((await change(EDIT, { input })).editTheme);
      }}
      done={(answer) => {
        if (answer.theme) {
          changed(answer.theme);
          done(answer.theme);
        }
        close();
      }}
      cancel={close}
      again={again}
    >
      <Fields theme={theme} reach={reach} />
    </Form>
  );
}

function Fields({ theme, reach }: { theme?: Theme; reach: Reach }) {
  const had = theme?.units.map((unit) => unit.id) ?? [];
  const own = had.length > 0 || theme === undefined ? reach.own : null; // what is for all may be narrowed to any
  const units = own === null ? reach.units : reach.units.filter(({ id }) => own.has(id) || had.includes(id));
  return (
    <>
      <Text name="title" label={say.name} was={theme?.title ?? null} required />
      <Text name="objective" label={say.objective} hint={say.objectiveHint} was={theme?.objective ?? null} required />
      <Text name="why" label={say.why} was={theme?.why ?? null} lines />
      <Choices
        name="unitIds"
        label={say.units}
        hint={own === null ? say.unitsHint : say.ownUnitsHint}
        was={had}
        options={options(tree(units))}
      />
      <Chooser name="ownerId" label={say.owner} hint={say.ownerHint} was={theme?.owner ? [theme.owner] : []} one />
      <Text name="opensOn" type="date" label={say.opensOn} hint={say.opensHint} was={theme?.opensOn ?? null} />
      <Text name="closesOn" type="date" label={say.closesOn} hint={say.closesHint} was={theme?.closesOn ?? null} />
    </>
  );
}
