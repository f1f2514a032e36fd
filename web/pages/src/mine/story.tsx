// The story of an idea, in plain sentences: what happened to it, what was said, what came of it.
import { useEffect, useState } from "preact/hooks";
import { client } from "../client/client";
import { dataOf } from "../client/open";
import { mine } from "../words/en/mine";
import { type Event, type Idea, STORY } from "./asked";
import { day } from "./days";

const say = mine.story;

interface Line {
  id: string;
  at: string;
  text: string;
  quoted?: string;
}

async function read(id: string): Promise<Event[]> {
  const events: Event[] = [];
  let after: string | null = null;
  do {
    // A withdrawn idea has no history any more; its author sees what it said.
    const page: Page | undefined = dataOf(await client.query(STORY, { id, after })).idea?.history;
    events.push(...(page?.nodes ?? []));
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return events;
}

type Page = { nodes: Event[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };

/** Read anew with each change of the idea. */
export function Story({ idea, me }: { idea: Idea; me: string }) {
  const [events, setEvents] = useState<Event[] | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let latest = true;
    read(idea.id)
      .then((found) => latest && setEvents(found))
      .then(() => latest && setFailed(false))
      .catch(() => latest && setFailed(true));
    return () => {
      latest = false;
    };
  }, [idea]);

  if (failed) return <p role="alert">{mine.away}</p>;
  if (events === null) return <p>{say.loading}</p>;
  const lines = [...events.flatMap((event) => told(event, idea, me)), ...wins(idea, me), ...taken(idea)];
  return (
    <ol class="story">
      {lines
        .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
        .map((line) => (
          <li key={line.id}>
            <p>
              <span class="quiet">{day(line.at)}</span> {line.text}
            </p>
            {line.quoted !== undefined && <blockquote>{line.quoted}</blockquote>}
          </li>
        ))}
    </ol>
  );
}

type Somebody = { id: string; name: string } | null;

export function called(person: Somebody, me: string): string {
  if (person === null) return say.somebody;
  return person.id === me ? say.you : person.name;
}

/** Support is a number, not a sentence each. What was brought in from elsewhere happened before it was written down. */
function told(event: Event, { submittedAt, updatedAt }: Idea, me: string): Line[] {
  const { cursor: id, actor } = event;
  const at = event.at < updatedAt ? event.at : updatedAt;
  const who = called(actor, me);
  switch (event.__typename) {
    case "IdeaSubmitted":
      return [{ id, at: submittedAt ?? at, text: say.shared }];
    case "IdeaStatusChanged":
      return [{ id, at, text: say.moved[event.to](who) }];
    case "IdeaEdited":
      return [{ id, at, text: say.edited(who) }];
    case "CommentAdded": {
      const { author, body, createdAt, editedAt, viewerCanDo } = event.comment;
      const unnamed = author === null && viewerCanDo.includes("EDIT");
      const text = say.wrote(unnamed ? say.youUnnamed : called(author, me));
      return [{ id, at: createdAt, text: editedAt === null ? text : `${text} (${say.later})`, quoted: body }];
    }
    default:
      return [];
  }
}

function wins({ wins }: Idea, me: string): Line[] {
  return wins.map(({ id, sharedAt, sharedBy, headline }) => ({
    id,
    at: sharedAt,
    text: say.win(called(sharedBy, me)),
    quoted: headline,
  }));
}

/** Of a withdrawn idea nothing is told any more but this. */
function taken({ id, status, submittedAt, updatedAt }: Idea): Line[] {
  if (status !== "WITHDRAWN") return [];
  const shared = submittedAt === null ? [] : [{ id: `${id} shared`, at: submittedAt, text: say.shared }];
  return [...shared, { id, at: updatedAt, text: say.moved.WITHDRAWN(say.you) }];
}
