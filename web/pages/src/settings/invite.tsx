// Inviting somebody: their details, then the link to give them, which is shown once.

import { useEffect, useRef, useState } from "preact/hooks";
import { change } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";
import { newKey } from "../client/key";
import { payload } from "../client/open";
import { settings as say } from "../words/en/settings";
import { Form, Text, text, textOrNone, texts } from "./form";
import { PersonFields } from "./people";
import type { Role } from "./terms";
import type { Unit } from "./units";

const INVITE = graphql(`
  mutation Invite($input: InvitePersonInput!) {
    invitePerson(input: $input) { person { id name } invitationUrl userErrors { code message path } }
  }
`);

type Answer = NonNullable<ResultOf<typeof INVITE>["invitePerson"]>;

async function invite(given: FormData, idempotencyKey: string): Promise<Answer> {
  const input = {
    name: text(given, "name"),
    email: text(given, "email"),
    jobTitle: textOrNone(given, "jobTitle"),
    unitId: textOrNone(given, "unitId"),
    roles: texts(given, "roles") as Role[],
  };
  const answer = payload((await change(INVITE, { input: { ...input, idempotencyKey } })).invitePerson);
  if (answer.person === null || answer.invitationUrl !== null) return answer;
  // The first answer was lost, and its link with it. Who has not used theirs is given a new one.
  return payload((await change(INVITE, { input: { ...input, idempotencyKey: newKey() } })).invitePerson);
}

export function Invite({ units, invited, close }: { units: Unit[]; invited: () => void; close: () => void }) {
  const [made, setMade] = useState<{ name: string; url: string } | null>(null);
  if (made !== null) return <Link {...made} close={close} />;
  return (
    <Form
      label={say.invite.open}
      send={invite}
      done={({ person, invitationUrl }) => {
        setMade({ name: person?.name ?? "", url: invitationUrl ?? "" });
        invited();
      }}
      go={say.invite.go}
      cancel={close}
    >
      <p class="hint">{say.invite.hint}</p>
      <Text name="name" label={say.name} required />
      <Text name="email" type="email" label={say.invite.email} required />
      <PersonFields units={units} />
    </Form>
  );
}

function Link({ name, url, close }: { name: string; url: string; close: () => void }) {
  const [said, setSaid] = useState("");
  const link = useRef<HTMLInputElement>(null);
  useEffect(() => {
    link.current?.select();
    // The form that stood here was longer: without this one would be left below, among the people.
    link.current?.closest(".panel")?.scrollIntoView({ block: "center" });
  }, []);

  async function copy() {
    try {
      await navigator.clipboard.writeText(url);
      setSaid(say.invite.copied);
    } catch {
      link.current?.select(); // where the browser does not let a page copy
      setSaid(say.invite.select);
    }
  }

  return (
    <div class="link">
      <h3>{say.invite.made(name)}</h3>
      <div class="field">
        <label for="link">{say.invite.link}</label>
        <p class="hint" id="link-hint">
          {say.invite.once}
        </p>
        <input ref={link} id="link" readOnly value={url} aria-describedby="link-hint" />
      </div>
      <p role="status">{said}</p>
      <p class="buttons">
        <button type="button" onClick={copy}>
          {say.invite.copy}
        </button>
        <button type="button" class="second" onClick={close}>
          {say.invite.done}
        </button>
      </p>
    </div>
  );
}
