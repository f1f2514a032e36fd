// The example as a program: it shows the ideas as lines of JSON and shares what it is told to.
import type { Idea } from "../shared/documents";
import { type Out, outbox } from "../shared/outbox";
import { printed } from "../shared/session";
import { given, HERE, memory, obey, tell } from "../shared/terminal";
import { openIdeas } from "./ideas";

const session = printed(given("SERVER", HERE), given("TOKEN"));
let ideas: readonly Idea[] = [];
let out: Out = { waiting: [], refused: [] };
let status: string | null = "Connecting …";

/** What waits is shown first, but not beside itself: the feed may tell of it before the answer comes. */
function show(): void {
  const waiting = out.waiting.filter((each) => ideas.every((idea) => idea.problem !== each.problem));
  tell({
    list: [
      ...waiting.map((each) => `${each.problem} (on its way)`),
      ...ideas.map((idea) => `${idea.reference} ${idea.title} (${idea.status}, ${idea.supportCount})`),
    ],
    alert: out.refused[0]?.why ?? null,
    status,
  });
}

const { share, more } = openIdeas(session, {
  ideas(now) {
    ideas = now;
    show();
  },
  state(live, said) {
    status = live ? null : (said ?? "No connection.");
    show();
    if (live) box.again();
  },
  taken: ({ __typename, cursor }) => tell({ item: { __typename, cursor } }),
});
const box = outbox(session.person, memory(), share, (now) => {
  out = now;
  show();
});
box.open();
obey({
  share: box.share,
  mend: () => out.refused[0] && box.drop(out.refused[0].key),
  more: () => void more().catch(() => {}),
});
