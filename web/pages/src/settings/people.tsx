// People: found by name, invited, changed, deactivated.

import { useState } from "preact/hooks";
import { ask, change } from "../client/asking";
import { graphql } from "../client/graphql";
import { payload } from "../client/open";
import { PERSON, type Person, usePeople } from "../people/search";
import { settings as say } from "../words/en/settings";
import { Actions, Sure } from "./actions";
import { Choices, Form, Select, Text, text, textOrNone, texts } from "./form";
import { Invite } from "./invite";
import { SearchField } from "./search-field";
import type { Role } from "./terms";
import { day, GIVEN, roleNames } from "./terms";
import { Told, useTold } from "./told";
import { options, tree, type Unit } from "./units";

const EDIT = graphql(
  `
    mutation EditPerson($input: EditPersonInput!) {
      editPerson(input: $input) { person { ...PersonFields } userErrors { code message path } }
    }
  `,
  [PERSON],
);
const DEACTIVATE = graphql(
  `
    mutation Deactivate($id: ID!) {
      deactivatePerson(input: { personId: $id }) { person { ...PersonFields } userErrors { code message path } }
    }
  `,
  [PERSON],
);
const AGAIN = graphql(`query Person($id: ID!) { node(id: $id) { __typename ...PersonFields } }`, [PERSON]);
const PAGE = 20;

export function People({ units }: { units: Unit[] }) {
  const [search, setSearch] = useState("");
  const [round, setRound] = useState(0);
  const [told, tell] = useTold();
  const { page, failed, more, replace } = usePeople(say, search, PAGE, round);

  return (
    <>
      <Actions
        of={[
          {
            label: say.invite.open,
            first: true,
            opens: (close) => <Invite units={units} invited={() => setRound(round + 1)} close={close} />,
          },
        ]}
      />
      <SearchField
        label={say.person.search}
        value={search}
        typed={setSearch}
        found={page && say.person.found(page.people.length, page.more)}
      />
      {failed !== null && (
        <p role="alert">
          {failed}{" "}
          <button type="button" class="second" onClick={() => setRound(round + 1)}>
            {say.tryAgain}
          </button>
        </p>
      )}
      <ul class="items">
        {page?.people.map((person) => (
          <li key={person.id} class="item">
            <OnePerson person={person} units={units} changed={replace} tell={tell} />
          </li>
        ))}
      </ul>
      {page?.more && (
        <button type="button" class="second" onClick={more}>
          {say.more}
        </button>
      )}
      <Told told={told} />
    </>
  );
}

interface OneProps {
  person: Person;
  units: Unit[];
  changed: (person: Person) => void;
  tell: (what: string) => void;
}

function OnePerson({ person, units, changed, tell }: OneProps) {
  const facts = [
    person.jobTitle,
    person.unit?.name,
    ...roleNames(person.roles.filter((role) => role !== "CONTRIBUTOR")),
    person.email,
    person.deactivatedAt && say.person.left(day(person.deactivatedAt)),
  ];
  return (
    <>
      <h3>{person.name}</h3>
      <p class="hint">{facts.filter(Boolean).join(" · ")}</p>
      {person.deactivatedAt === null && (
        <Actions
          of={[
            {
              label: say.edit,
              name: say.editOne(person.name),
              opens: (close) => <Edit {...{ person, units, changed, tell, close }} />,
            },
            {
              label: say.person.leave,
              name: say.person.leaveOne(person.name),
              opens: (close) => (
                <Sure
                  question={say.person.sure(person.name)}
                  yes={say.person.yes}
                  act={async () => payload((await change(DEACTIVATE, { id: person.id })).deactivatePerson)}
                  done={(answer) => {
                    if (answer.person) changed(answer.person);
                    tell(say.person.gone(person.name));
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

function Edit({ person: given, units, changed, tell, close }: OneProps & { close: () => void }) {
  const [person, setPerson] = useState(given); // as it was when this opened: whatever changes, what is typed stays

  async function again() {
    const { node } = await ask(AGAIN, { id: given.id });
    if (node?.__typename !== "Person") return;
    setPerson(node);
    changed(node);
  }

  return (
    <Form
      key={person.version}
      label={say.editOne(person.name)}
      send={async (given) => {
        const input = {
          personId: person.id,
          name: text(given, "name"),
          jobTitle: textOrNone(given, "jobTitle"),
          unitId: textOrNone(given, "unitId"),
          roles: texts(given, "roles") as Role[],
          expectedVersion: person.version,
        };
        return payload((await change(EDIT, { input })).editPerson);
      }}
      done={(answer) => {
        if (answer.person) changed(answer.person);
        tell(say.saved);
        close();
      }}
      cancel={close}
      again={again}
    >
      <Text name="name" label={say.name} was={person.name} required />
      <PersonFields person={person} units={units} />
    </Form>
  );
}

/** What is asked of somebody, new or not, after their name. */
export function PersonFields({ person, units }: { person?: Person; units: Unit[] }) {
  return (
    <>
      <Text name="jobTitle" label={say.jobTitle} was={person?.jobTitle ?? null} />
      <Select
        name="unitId"
        label={say.person.unit}
        was={person?.unit?.id ?? null}
        none={say.person.noUnit}
        options={options(tree(units))}
      />
      <Choices
        name="roles"
        label={say.person.roles}
        hint={say.person.rolesHint}
        was={person?.roles ?? ["CONTRIBUTOR"]}
        options={GIVEN.map((role) => ({ value: role, text: say.roles[role] }))}
      />
    </>
  );
}
