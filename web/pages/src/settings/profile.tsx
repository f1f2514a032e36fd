// One's own profile, for everybody: name, job title, whether walls may show one's name, and the password.
import { useState } from "preact/hooks";
import { ask, change } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";
import { payload } from "../client/open";
import { settings as say } from "../words/en/settings";
import { Form, Text, text, textOrNone } from "./form";
import { Told, useTold } from "./told";

export const ME = graphql(`
  fragment Me on Person { id name jobTitle roles shownOnScreens version }
`);
const AGAIN = graphql(`query Me { viewer { __typename ...Me } }`, [ME]);
const EDIT = graphql(
  `
    mutation EditProfile($input: EditProfileInput!) {
      editProfile(input: $input) { person { ...Me } userErrors { code message path } }
    }
  `,
  [ME],
);
const PASSWORD = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) { person { id } userErrors { code message path } }
  }
`);

export type Me = ResultOf<typeof ME>;

export function Profile({ me, changed }: { me: Me; changed: (me: Me) => void }) {
  const [told, tell] = useTold();
  const [changedTold, tellChanged] = useTold();
  const [round, setRound] = useState(0); // how often the form was begun again: saving leaves it, and the focus, be

  async function again() {
    const { viewer } = await ask(AGAIN, {});
    if (viewer.__typename !== "Person") return;
    changed(viewer);
    setRound(round + 1);
  }

  return (
    <>
      <Form
        key={round}
        label={say.profile}
        send={async (given) => {
          const input = {
            name: text(given, "name"),
            jobTitle: textOrNone(given, "jobTitle"),
            shownOnScreens: given.get("shownOnScreens") !== null,
            expectedVersion: me.version,
          };
          return payload((await change(EDIT, { input })).editProfile);
        }}
        done={({ person }) => {
          if (person) changed(person);
          tell(say.saved);
        }}
        again={again}
      >
        <Text name="name" label={say.name} was={me.name} autocomplete="name" required />
        <Text name="jobTitle" label={say.jobTitle} was={me.jobTitle} autocomplete="organization-title" />
        <div class="choice">
          <input
            id="shown"
            name="shownOnScreens"
            type="checkbox"
            aria-describedby="shown-hint"
            defaultChecked={me.shownOnScreens}
          />
          <div>
            <label for="shown">{say.mine.shown}</label>
            <p class="hint" id="shown-hint">
              {say.mine.shownHint}
            </p>
          </div>
        </div>
      </Form>
      <Told told={told} />
      <h3>{say.mine.password}</h3>
      <Form
        label={say.mine.password}
        send={async (given) => {
          const input = { currentPassword: text(given, "currentPassword"), newPassword: text(given, "newPassword") };
          const answer = payload((await change(PASSWORD, { input })).changePassword);
          const userErrors = answer.userErrors.map((each) =>
            each.code === "BAD_CREDENTIALS" ? { ...each, message: say.mine.wrong } : each,
          );
          return { ...answer, userErrors };
        }}
        done={(_answer, form) => {
          form.reset();
          tellChanged(say.mine.changed);
        }}
        go={say.mine.change}
      >
        <Text
          name="currentPassword"
          type="password"
          label={say.mine.current}
          autocomplete="current-password"
          required
        />
        <Text
          name="newPassword"
          type="password"
          label={say.mine.next}
          hint={say.mine.nextHint}
          autocomplete="new-password"
          required
        />
      </Form>
      <Told told={changedTold} />
    </>
  );
}
