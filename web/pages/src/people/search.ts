// People by a part of their name, asked for when somebody has stopped typing for a moment.
import { useEffect, useState } from "preact/hooks";
import { ask, why } from "../client/asking";
import { graphql, type ResultOf } from "../client/graphql";

export const PERSON = graphql(`
  fragment PersonFields on Person {
    id name email jobTitle roles version deactivatedAt shownOnScreens unit { id name }
  }
`);
const PEOPLE = graphql(
  `
    query People($search: String, $first: Int!, $after: String) {
      people(search: $search, first: $first, after: $after) {
        nodes { ...PersonFields }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [PERSON],
);
const PAUSE = 250; // ms

export type Person = ResultOf<typeof PERSON>;
/** What a page says of what cannot be had. */
export interface Trouble {
  away: string;
  broken: string;
}

type Page = { people: Person[]; after: string | null; more: boolean };

export async function askPeople(search: string, first: number, after: string | null): Promise<Page> {
  const { people } = await ask(PEOPLE, { search: search || null, first, after });
  return { people: people.nodes, after: people.pageInfo.endCursor, more: people.pageInfo.hasNextPage };
}

/** The first page of who has this in their name; asked again when `round` changes. An answer that is late is not shown. */
export function usePeople(say: Trouble, search: string, first: number, round = 0, wanted = true) {
  const [page, setPage] = useState<Page | null>(null);
  const [failed, setFailed] = useState<string | null>(null);

  useEffect(() => {
    if (!wanted) return setPage(null);
    let late = false;
    const timer = setTimeout(
      async () => {
        try {
          const found = await askPeople(search.trim(), first, null);
          if (late) return;
          setPage(found);
          setFailed(null);
        } catch (thrown) {
          if (!late) setFailed(why(thrown, say.away, say.broken));
        }
      },
      search ? PAUSE : 0,
    );
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [search, first, round, wanted]);

  async function more() {
    if (page === null) return;
    try {
      const next = await askPeople(search.trim(), first, page.after);
      setPage((now) => (now === page ? { ...next, people: [...page.people, ...next.people] } : now));
      setFailed(null);
    } catch (thrown) {
      setFailed(why(thrown, say.away, say.broken));
    }
  }

  function replace(person: Person) {
    setPage((now) => now && { ...now, people: now.people.map((each) => (each.id === person.id ? person : each)) });
  }

  return { page, failed, more, replace };
}
