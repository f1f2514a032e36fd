// Whom a win thanks: those who have to do with its idea, and others, found by their names.
import { useEffect, useState } from "preact/hooks";
import { client } from "../client/client";
import type { ResultOf } from "../client/graphql";
import { dataOf } from "../client/open";
import { usePeople } from "../people/search";
import { live as say } from "../words/en/live";
import { SUPPORTERS, THANKABLE, type Thankable } from "./asked";
import type { Named } from "./drafts";

const FOUND = 8; // at once
const MOST = 50; // a win thanks no more

interface Candidate extends Named {
  as: string;
}

/** The author, then who supports the idea now, then who commented on it. */
async function candidates(id: string): Promise<Candidate[]> {
  const { idea } = dataOf(await client.query(THANKABLE, { id }));
  const found = new Map<string, Candidate>();
  const add = (person: Thankable | null, as: string) => {
    if (person === null || person.deactivatedAt !== null || found.has(person.id)) return;
    found.set(person.id, { id: person.id, name: person.name, shownOnScreens: person.shownOnScreens, as });
  };
  add(idea?.author ?? null, say.author);
  for (const each of await supporters(id)) add(each, say.supporter);
  for (const { author } of idea?.comments.nodes ?? []) add(author, say.commenter);
  return [...found.values()];
}

/** Support is given and taken back in turns, so an odd number of times means yes. */
async function supporters(id: string): Promise<Thankable[]> {
  const found = new Map<string, Thankable>();
  for (let after: string | null = null, more = true; more; ) {
    const page: ResultOf<typeof SUPPORTERS>["feed"] = dataOf(await client.query(SUPPORTERS, { id, after })).feed;
    for (const { actor } of page?.nodes ?? []) {
      if (actor !== null && !found.delete(actor.id)) found.set(actor.id, actor);
    }
    more = page?.pageInfo.hasNextPage ?? false;
    after = page?.pageInfo.endCursor ?? null;
  }
  return [...found.values()];
}

interface Props {
  idea: string;
  /** What changes when others may be thanked. */
  of: number;
  thanks: readonly string[];
  found: readonly Named[];
  change: (thanks: readonly string[], found: readonly Named[]) => void;
}

export function Thanks({ idea, of, thanks, found, change }: Props) {
  const [near, setNear] = useState<readonly Candidate[]>([]);

  useEffect(() => {
    let left = false;
    candidates(idea).then(
      (people) => left || setNear(people),
      () => {}, // others can be found by their names
    );
    return () => {
      left = true;
    };
  }, [idea, of]);

  const others = found
    .filter((each) => near.every(({ id }) => id !== each.id))
    .map((each) => ({ ...each, as: say.foundPerson }));
  return (
    <fieldset aria-describedby="thanks-hint">
      <legend>{say.thanks}</legend>
      <p class="hint" id="thanks-hint">
        {say.thanksHint}
      </p>
      {[...near, ...others].map(({ id, name, as, shownOnScreens }) => (
        <div key={id} class="choice">
          <input
            type="checkbox"
            id={`thank-${id}`}
            checked={thanks.includes(id)}
            disabled={!thanks.includes(id) && thanks.length >= MOST}
            onChange={(event) =>
              change(event.currentTarget.checked ? [...thanks, id] : thanks.filter((each) => each !== id), found)
            }
          />
          <label for={`thank-${id}`}>
            {name} <span class="quiet">({[as, !shownOnScreens && say.unnamed].filter(Boolean).join(", ")})</span>
          </label>
        </div>
      ))}
      {thanks.length < MOST && (
        <Others
          known={[...near, ...others].map((each) => each.id)}
          add={(person) => {
            change([...thanks, person.id], [...found, person]);
            requestAnimationFrame(() => document.getElementById(`thank-${person.id}`)?.focus());
          }}
        />
      )}
    </fieldset>
  );
}

function Others({ known, add }: { known: readonly string[]; add: (person: Named) => void }) {
  const [search, setSearch] = useState("");
  const { page, failed } = usePeople(say, search, FOUND + 20, 0, search.trim() !== "");
  const all = (page?.people ?? []).filter((each) => each.deactivatedAt === null && !known.includes(each.id));
  const found = all.slice(0, FOUND);
  return (
    <>
      <label for="thank-search">{say.findOthers}</label>
      <input
        id="thank-search"
        type="search"
        autocomplete="off"
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()} // which would send the form
      />
      <p role="status" class="quiet">
        {page && (found.length === 0 ? say.findNone : say.findSome(found.length, all.length > FOUND))}
      </p>
      {failed !== null && <p role="alert">{failed}</p>}
      <ul class="found">
        {found.map(({ id, name, jobTitle, unit, shownOnScreens }) => (
          <li key={id}>
            <button
              type="button"
              class="small plain"
              aria-label={say.add([name, jobTitle, unit?.name].filter(Boolean).join(", "))}
              onClick={() => {
                setSearch("");
                add({ id, name, shownOnScreens });
              }}
            >
              {[name, jobTitle, unit?.name].filter(Boolean).join(", ")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
