// The page's store: one query, then the feed after exactly its cursor, and what is asked besides, in its right order.
import { CombinedError } from "@urql/core";
import { client } from "../client/client";
import { FEED, type Item } from "../client/feed";
import { live, type State, sooner } from "../client/live";
import { URL as API, dataOf } from "../client/open";
import {
  breaks,
  type Found,
  type Kept,
  NOTHING,
  note,
  only,
  reduce,
  take,
  takeLater,
  withoutComments,
} from "../client/reduce";
import { personId, token } from "../client/session";
import { type Answer, LIVE, MEANWHILE, MORE, type Unit } from "./asked";
import { type Filter, fitting, type Reach } from "./lists";
import { after, allUnits, asked, end, next, wholeIdea } from "./questions";

const LONGEST = 30_000; // ms between two tries

export interface Shown {
  kept: Kept;
  viewer: string;
  units: readonly Unit[];
  reach: Reach;
  more: { waiting: string | null; latest: string | null }; // page cursors; null: there are no more
  arrived: ReadonlySet<string>; // ideas that were shared while somebody could watch
  whole: ReadonlySet<string>; // ideas whose comments are here
  missing: ReadonlySet<string>; // what was asked for and is not there
}

export interface Desk {
  close: () => void;
  /** The position of the last item. */
  cursor: () => string;
  /** All of one idea. */
  ask: (id: string) => Promise<void>;
  more: (which: keyof Reach) => Promise<void>;
  /** What others did to an idea after a cursor. */
  meanwhile: (id: string, after: string) => Promise<void>;
  /** What a mutation answered. */
  take: (found: Found) => void;
}

export interface Opening {
  filter: Filter;
  before: Shown | null;
  opened: () => string | null;
  tell: (shown: Shown) => void;
  state: (state: State) => void;
  /** The filter in the address is none. */
  refused: () => void;
  upgraded: () => void;
}

const socket = new URL(API, location.href);
socket.protocol = socket.protocol.replace("http", "ws");
let newer = () => {};
const connection = live({ url: socket.href, token, upgraded: () => newer() });

export function openDesk({ filter, before, opened, tell, state, refused, upgraded }: Opening): Desk {
  let shown: Shown | null = before;
  let cursor = "";
  let closed = false;
  let heard = new Date();
  let stop = () => {};
  let begun = 0; // how often everything was asked for: what was asked before the last time counts no more
  let asking = 0;
  const underWay = new Map<string, Promise<void>>();
  let since: Item[] = []; // what came while something was asked
  newer = upgraded;

  function update(changes: Partial<Shown>): void {
    if (shown === null || closed) return;
    shown = { ...shown, ...changes };
    tell(shown);
  }

  async function load(): Promise<void> {
    const wanted = asked(filter);
    let refusal = false;
    for (let tries = 0; !closed; tries++) {
      try {
        if ((await token(refusal)) === null) return state({ is: "signed-out" });
        const [answer, units] = await Promise.all([
          client.query(LIVE, { waiting: { ...wanted, awaitingResponse: true }, latest: wanted }).then(dataOf),
          shown?.units ?? allUnits(),
        ]);
        if (!closed) begin(answer as Answer, units);
        return;
      } catch (error) {
        if (closed) return;
        const codes = error instanceof CombinedError ? error.graphQLErrors.map((each) => each.extensions["code"]) : [];
        if (codes.includes("BAD_ARGUMENT") && (filter.theme ?? filter.unit) !== null) return refused();
        refusal = codes.includes("UNAUTHENTICATED");
        state({ is: "lost", since: heard });
        await sooner(Math.min(1000 * 2 ** tries, LONGEST));
      }
    }
  }

  function begin(answer: Answer, units: readonly Unit[]): void {
    const { waiting, latest } = answer;
    const open = opened();
    const old = shown !== null && open !== null ? only(shown.kept, open) : NOTHING;
    begun += 1;
    since = [];
    cursor = answer.cursor;
    heard = new Date();
    shown = {
      kept: take(old, {
        ideas: [...waiting.nodes, ...latest.nodes],
        themes: [...answer.themes.nodes, ...answer.drafts.nodes],
      }),
      viewer: personId(answer.viewer),
      units,
      reach: { waiting: end(waiting), latest: end(latest) },
      more: { waiting: next(waiting.pageInfo), latest: next(latest.pageInfo) },
      arrived: shown === before ? new Set() : (shown?.arrived ?? new Set()),
      whole: new Set(),
      missing: new Set(),
    };
    tell(shown);
    const from = cursor;
    stop = connection.follow({
      document: FEED,
      variables: (last) => ({ after: last ?? from }),
      cursor: ({ feed }) => feed.cursor,
      next: ({ feed }) => item(feed),
      state,
    });
    if (open !== null) void askAll(open).catch(() => {});
  }

  function item(feed: Item): void {
    if (shown === null || closed) return;
    cursor = feed.cursor;
    heard = new Date();
    if (breaks(feed)) {
      stop();
      void load();
      return;
    }
    if (asking > 0) since.push(feed);
    else again();
    const kept = reduce(shown.kept, feed);
    if (feed.__typename === "IdeaSubmitted" && fitting(filter, shown.units)(feed.idea)) {
      update({ kept, arrived: new Set(shown.arrived).add(feed.idea.id) });
    } else if (kept !== shown.kept) update({ kept });
  }

  /** What is open and could not be asked for is asked for again, now that the server is there. */
  function again(): void {
    const open = opened();
    if (shown !== null && open !== null && !shown.whole.has(open) && !shown.missing.has(open))
      void ask(open).catch(() => {});
  }

  /** Takes an answer, and what the feed said while it was on its way once more, since that may be newer. */
  async function answered<Data>(
    asks: PromiseLike<Data>,
    changes: (data: Data, shown: Shown) => Partial<Shown>,
  ): Promise<void> {
    const [from, at] = [since.length, begun];
    asking += 1;
    try {
      const data = await asks;
      if (shown === null || closed || at !== begun) return;
      const changed = changes(data, shown);
      update({ ...changed, kept: since.slice(from).reduce(reduce, changed.kept ?? shown.kept) });
    } finally {
      asking -= 1;
      if (asking === 0) since = [];
    }
  }

  /** Asked twice at once it is one question, or the later one would be given the answer to the earlier. */
  function ask(id: string): Promise<void> {
    const same = underWay.get(id);
    if (same !== undefined) return same;
    const asks = askAll(id).finally(() => underWay.delete(id));
    underWay.set(id, asks);
    return asks;
  }

  function askAll(id: string): Promise<void> {
    return answered(
      wholeIdea(id, () => cursor),
      (found, { kept, whole, missing }) =>
        found === null
          ? { missing: new Set(missing).add(id) }
          : {
              whole: new Set(whole).add(id),
              kept: take(withoutComments(kept, id), {
                ideas: [found.idea],
                comments: found.comments,
                wins: found.idea.wins,
              }),
            },
    );
  }

  async function more(which: keyof Reach): Promise<void> {
    if (shown === null || shown.more[which] === null) return;
    const variables = {
      first: 30,
      after: shown.more[which],
      filter: { ...asked(filter), ...(which === "waiting" && { awaitingResponse: true }) },
      orderBy: which === "waiting" ? ("LONGEST_WAITING" as const) : ("NEWEST" as const),
    };
    await answered(client.query(MORE, variables, after(cursor)).then(dataOf), ({ ideas }, { kept, reach, more }) => ({
      kept: take(kept, { ideas: ideas.nodes }),
      reach: { ...reach, [which]: end(ideas) },
      more: { ...more, [which]: next(ideas.pageInfo) },
    }));
  }

  function meanwhile(id: string, from: string): Promise<void> {
    return answered(
      client.query(MEANWHILE, { id, after: from }, after(cursor)).then(dataOf),
      ({ idea }, { kept, viewer }) => {
        if (idea === null) return {};
        const done = idea.history.nodes
          .filter((each) => each.__typename === "IdeaStatusChanged" || each.__typename === "IdeaEdited")
          .filter((each) => each.actor?.id !== viewer);
        return { kept: note(take(kept, { ideas: [idea] }), id, done) };
      },
    );
  }

  void load();
  return {
    close() {
      closed = true;
      stop();
    },
    cursor: () => cursor,
    ask,
    more,
    meanwhile,
    take: (found) => shown && update({ kept: takeLater(shown.kept, found) }),
  };
}
