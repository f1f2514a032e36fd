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
  type Minded,
  NOTHING,
  note,
  only,
  onlyIdeas,
  reduce,
  take,
  takeLater,
  told,
  withoutComments,
} from "../client/reduce";
import { personId, token } from "../client/session";
import { text } from "../client/text";
import { type Answer, LIVE, MEANWHILE, MORE, type Unit } from "./asked";
import { type Filter, fitting, type Reach, wanted } from "./lists";
import { after, asked, end, next, place, wholeIdea } from "./questions";

const LONGEST = 30_000; // ms between two tries
const MANY = 1_000; // ideas; where there are more, those that no list shows are let go

export interface Shown {
  kept: Kept;
  viewer: string;
  units: readonly Unit[];
  reach: Reach;
  more: { waiting: string | null; latest: string | null }; // page cursors; null: there are no more
  arrived: ReadonlySet<string>; // ideas that were shared while somebody could watch
  whole: ReadonlySet<string>; // ideas whose comments are here
  missing: ReadonlySet<string>; // what was asked for and is not there, or was taken back
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
  /** About which there is a decision that can still be undone. */
  held: () => readonly string[];
  /** About which something is half typed. */
  drafted: () => readonly string[];
  /** The address says no unit: what to do with the one that this person answers for. */
  home: ((unit: string) => void) | null;
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

export function openDesk(opening: Opening): Desk {
  const { filter, before, opened, held, drafted, home, tell, state, refused, upgraded } = opening;
  let shown: Shown | null = before;
  let cursor = "";
  let closed = false;
  let heard = new Date();
  let stop = () => {};
  let begun = 0; // how often everything was asked for: what was asked before the last time counts no more
  let asking = 0;
  const underWay = new Map<string, Promise<void>>();
  let since: Item[] = []; // what came while something was asked
  let many = MANY;
  newer = upgraded;

  function update(changes: Partial<Shown>): void {
    if (shown === null || closed) return;
    shown = { ...shown, ...changes };
    tell(shown);
  }

  function minded(): Minded {
    const open = opened();
    return new Set([...(open === null ? [] : [open]), ...held(), ...drafted()]);
  }

  async function load(): Promise<void> {
    const wanted = asked(filter);
    let refusal = false;
    for (let tries = 0; !closed; tries++) {
      try {
        if ((await token(refusal)) === null) return state({ is: "signed-out" });
        const mine = home === null ? null : (await place()).home;
        if (closed) return;
        if (home !== null && mine !== null) return home(mine);
        const [answer, { units }] = await Promise.all([
          client.query(LIVE, { waiting: { ...wanted, awaitingResponse: true }, latest: wanted }).then(dataOf),
          place(),
        ]);
        if (!closed) begin(answer as Answer, units);
        return;
      } catch (error) {
        if (closed) return;
        const codes = error instanceof CombinedError ? error.graphQLErrors.map((each) => each.extensions["code"]) : [];
        if (codes.includes("BAD_ARGUMENT") && (filter.theme ?? filter.unit) !== null) return refused();
        refusal = codes.includes("UNAUTHENTICATED");
        state({ is: "lost", since: heard, said: null });
        await sooner(Math.min(1000 * 2 ** tries, LONGEST));
      }
    }
  }

  function begin(answer: Answer, units: readonly Unit[]): void {
    const { waiting, latest } = answer;
    const old = shown === null ? NOTHING : only(shown.kept, minded());
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
      query: text(FEED),
      variables: (last) => ({ after: last ?? from }),
      cursor: ({ feed }) => feed.cursor,
      next: ({ feed }) => item(feed),
      state,
    });
    const open = opened();
    for (const id of new Set([...(open === null ? [] : [open]), ...held()])) void askAll(id).catch(() => {});
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
    const kept = reduce(shown.kept, feed, minded());
    if (feed.__typename === "IdeaSubmitted" && fitting(filter, shown.units)(feed.idea)) {
      update({ kept, arrived: new Set(shown.arrived).add(feed.idea.id) });
    } else if (feed.__typename === "ContentRetracted") {
      update({ kept, missing: new Set(shown.missing).add(feed.nodeId) });
    } else if (kept !== shown.kept) update({ kept });
    if (kept.ideas.size > many) letGo(shown);
  }

  /** A page may stand open for weeks, and the feed brings what is in no list. */
  function letGo({ kept, units, reach }: Shown): void {
    const { waiting, latest } = wanted(kept, filter, units, reach);
    const fewer = onlyIdeas(kept, new Set([...waiting, ...latest, ...minded()]));
    many = Math.max(MANY, 2 * fewer.ideas.size);
    update({ kept: fewer });
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
      update({ ...changed, kept: caughtUp(changed.kept ?? shown.kept, since.slice(from)) });
    } finally {
      asking -= 1;
      if (asking === 0) since = [];
    }
  }

  function caughtUp(kept: Kept, items: readonly Item[]): Kept {
    const of = minded();
    return items.reduce((all, each) => reduce(all, each, of), kept);
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
              whole: new Set([...whole].filter((each) => minded().has(each))).add(id),
              kept: take(withoutComments(told(kept, minded()), id), {
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
