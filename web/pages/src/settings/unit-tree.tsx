// Units: their tree, and what an administrator does with it.

import { useState } from "preact/hooks";
import { ask, change } from "../client/asking";
import { graphql } from "../client/graphql";
import { payload } from "../client/open";
import { settings as say } from "../words/en/settings";
import { Actions } from "./actions";
import { Chooser } from "./chooser";
import { Form, Text, text, texts } from "./form";
import { SearchField } from "./search-field";
import { Told, useTold } from "./told";
import { above, type Branch, tree, UNIT, type Unit } from "./units";

const CREATE = graphql(
  `
    mutation CreateUnit($input: CreateUnitInput!) {
      createUnit(input: $input) { unit { ...UnitFields } userErrors { code message path } }
    }
  `,
  [UNIT],
);
const EDIT = graphql(
  `
    mutation EditUnit($input: EditUnitInput!) {
      editUnit(input: $input) { unit { ...UnitFields } userErrors { code message path } }
    }
  `,
  [UNIT],
);

const AGAIN = graphql(`query Unit($id: ID!) { node(id: $id) { __typename ...UnitFields } }`, [UNIT]);

interface Telling {
  /** The units are asked for again. */
  changed: () => Promise<void>;
  tell: (what: string) => void;
}

export function UnitTree({ units, changed }: { units: Unit[]; changed: () => Promise<void> }) {
  const [told, tell] = useTold();
  const [search, setSearch] = useState("");
  const sought = search.trim().toLocaleLowerCase();
  const found = units.filter((unit) => unit.name.toLocaleLowerCase().includes(sought));
  const telling = { changed, tell };
  return (
    <>
      <Actions
        of={[
          { label: say.unit.top, first: true, opens: (close) => <Create parent={null} {...telling} close={close} /> },
        ]}
      />
      <SearchField
        label={say.unit.search}
        value={search}
        typed={setSearch}
        found={sought !== "" && say.unit.found(found.length)}
      />
      {units.length === 0 && <p>{say.unit.empty}</p>}
      {sought === "" ? (
        <Branches branches={tree(units)} {...telling} />
      ) : (
        <ul class="items">
          {found.map((unit) => (
            <li key={unit.id} class="item">
              <OneUnit unit={unit} within={above(unit, units)} {...telling} />
            </li>
          ))}
        </ul>
      )}
      <Told told={told} />
    </>
  );
}

function Branches({ branches, ...telling }: { branches: Branch[] } & Telling) {
  return (
    <ul class="items">
      {branches.map(({ unit, below }) => (
        <li key={unit.id}>
          <div class="item">
            <OneUnit unit={unit} {...telling} />
          </div>
          {below.length > 0 && <Branches branches={below} {...telling} />}
        </li>
      ))}
    </ul>
  );
}

/** `within`: the units that it belongs to, where it does not stand below them. */
function OneUnit({ unit, within, ...telling }: { unit: Unit; within?: string } & Telling) {
  const names = unit.leads.map((person) => person.name).join(", ");
  const facts = [
    within,
    names ? say.unit.ledBy(names) : say.unit.noLead,
    unit.memberCount === null ? null : say.unit.members(unit.memberCount),
  ];
  return (
    <>
      <h3>{unit.name}</h3>
      <p class="hint">{facts.filter(Boolean).join(" · ")}</p>
      <Actions
        of={[
          {
            label: say.edit,
            name: say.editOne(unit.name),
            opens: (close) => <Edit unit={unit} {...telling} close={close} />,
          },
          {
            label: say.unit.below,
            name: say.unit.belowOne(unit.name),
            opens: (close) => <Create parent={unit} {...telling} close={close} />,
          },
        ]}
      />
    </>
  );
}

function Create({ parent, changed, tell, close }: { parent: Unit | null; close: () => void } & Telling) {
  return (
    <Form
      label={parent === null ? say.unit.top : say.unit.belowOne(parent.name)}
      send={async (given, idempotencyKey) => {
        const input = {
          name: text(given, "name"),
          parentId: parent?.id ?? null,
          leadIds: texts(given, "leadIds"),
          idempotencyKey,
        };
        return payload((await change(CREATE, { input })).createUnit);
      }}
      done={({ unit }) => {
        tell(say.unit.added(unit?.name ?? ""));
        close();
        void changed();
      }}
      go={say.unit.add}
      cancel={close}
    >
      <Fields />
    </Form>
  );
}

function Edit({ unit: given, changed, tell, close }: { unit: Unit; close: () => void } & Telling) {
  const [unit, setUnit] = useState(given); // as it was when this opened: whatever changes, what is typed stays

  async function again() {
    const { node } = await ask(AGAIN, { id: given.id });
    if (node?.__typename !== "Unit") return;
    setUnit(node);
    void changed();
  }

  return (
    <Form
      key={unit.version}
      label={say.editOne(unit.name)}
      send={async (given) => {
        const input = {
          unitId: unit.id,
          name: text(given, "name"),
          leadIds: texts(given, "leadIds"),
          expectedVersion: unit.version,
        };
        return payload((await change(EDIT, { input })).editUnit);
      }}
      done={() => {
        tell(say.saved);
        close();
        void changed();
      }}
      cancel={close}
      again={again}
    >
      <Fields unit={unit} />
    </Form>
  );
}

function Fields({ unit }: { unit?: Unit }) {
  return (
    <>
      <Text name="name" label={say.name} was={unit?.name ?? null} required />
      <Chooser name="leadIds" label={say.unit.leads} hint={say.unit.leadsHint} was={unit?.leads ?? []} />
    </>
  );
}
