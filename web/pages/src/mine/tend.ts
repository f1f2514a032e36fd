// Keeps what is mine as the server has it: read once, then read again wherever something happened to it.
import type { OperationContext } from "@urql/core";
import { client } from "../client/client";
import { live, type State, sooner } from "../client/live";
import { URL as API, dataOf } from "../client/open";
import { personId, token } from "../client/session";
import { text } from "../client/text";
import { mine as say } from "../words/en/mine";
import { EARLIER, HAPPENED, type Idea, MINE, OLDER, ONE, type Win } from "./asked";
import { type Mine, NEWEST, news, touched } from "./mine";

const LONGEST = 30_000; // ms between two tries

export interface Shown {
  mine: (mine: Mine) => void;
  /** What is said to who listens. */
  said: (text: string) => void;
  state: (state: State) => void;
  /** Whether there are more ideas, and wins further back. */
  more: (ideas: boolean, wins: boolean) => void;
}

export interface Tended {
  /** Throws where the server cannot be reached. */
  open: () => Promise<void>;
  more: () => Promise<void>;
  earlier: () => Promise<void>;
  /** An idea as a mutation answered it. */
  put: (idea: Idea) => void;
  /** Somebody has looked at what is new about it. */
  seen: (id: string) => void;
  close: () => void;
}

const socket = new URL(API, location.href);
socket.protocol = socket.protocol.replace("http", "ws");
// What somebody is writing is worth more than a new release.
const upgraded = () => document.querySelector("textarea") ?? location.reload();
const connection = live({ url: socket.href, token, upgraded });

export function tend(shown: Shown): Tended {
  let mine: Mine = { me: "", ideas: [], wins: [], fresh: new Set() };
  let moreIdeas: string | null = null;
  let moreWins: string | null = null;
  let place = ""; // the cursor of the last that was heard
  let stop = () => {};
  let reading = false;
  let closed = false;
  const stale = new Set<string>();

  function show(change: Partial<Mine>): void {
    mine = { ...mine, ...change };
    shown.mine(mine);
    shown.more(moreIdeas !== null, moreWins !== null);
  }

  /** Never older than what was heard, whichever process answers. */
  function since(): Partial<OperationContext> {
    return place === "" ? {} : { fetchOptions: { headers: { "groundswell-after": place } } };
  }

  /** What is new at the top; what was shown below it stays. */
  async function newest(): Promise<void> {
    const { viewer, ideas, wins, cursor } = dataOf(await client.query(MINE, {}, since()));
    if (place === "") {
      moreIdeas = next(ideas.pageInfo);
      moreWins = next(wins.pageInfo);
      place = cursor;
    }
    show({ me: personId(viewer), ideas: joined(ideas.nodes, mine.ideas), wins: joined(wins.nodes, mine.wins) });
  }

  async function one(id: string): Promise<void> {
    const { node } = dataOf(await client.query(ONE, { id }, since()));
    if (node?.__typename === "Idea") changed(node);
    if (node?.__typename === "Win") thanked(node);
  }

  function changed(idea: Idea): void {
    const before = mine.ideas.find((each) => each.id === idea.id);
    const text = before && news(before, idea);
    put(idea);
    if (text) tell(text, idea.id);
  }

  function thanked(win: Win): void {
    const isNew = mine.wins.every((each) => each.id !== win.id);
    show({ wins: [win, ...mine.wins.filter((each) => each.id !== win.id)] });
    if (isNew && win.sharedBy?.id !== mine.me) tell(say.nowThanked(win.headline), win.id);
  }

  function tell(text: string, id: string): void {
    show({ fresh: new Set([...mine.fresh, id]) });
    shown.said(text);
  }

  function put(idea: Idea): void {
    // A mutation's answer that was long on its way may be older than what was read since.
    show({ ideas: mine.ideas.map((each) => (each.id === idea.id && each.version <= idea.version ? idea : each)) });
  }

  /** Reads again what is stale, and what fails once more, for as long as the page is open. */
  async function refresh(): Promise<void> {
    if (reading) return;
    reading = true;
    for (let tries = 0; stale.size > 0 && !closed; ) {
      const [id = NEWEST] = stale;
      stale.delete(id); // before it is read: what happens meanwhile makes it stale again
      try {
        await (id === NEWEST ? newest() : one(id));
        tries = 0;
      } catch {
        stale.add(id);
        await sooner(Math.min(1000 * 2 ** tries++, LONGEST));
      }
    }
    reading = false;
  }

  function follow(): () => void {
    return connection.follow({
      query: text(HAPPENED),
      variables: (after) => ({ after: after ?? place }),
      cursor: ({ feed }) => feed.cursor,
      next: ({ feed }) => {
        place = feed.cursor;
        const all = [NEWEST, ...mine.ideas.map((idea) => idea.id)];
        const again = feed.__typename === "FeedReset" ? all : touched(mine, feed);
        for (const id of again) stale.add(id);
        void refresh();
      },
      state: shown.state,
    });
  }

  return {
    put,
    seen: (id) => show({ fresh: new Set([...mine.fresh].filter((each) => each !== id)) }),
    async open() {
      await newest();
      stop = follow();
    },
    async more() {
      const { ideas } = dataOf(await client.query(OLDER, { after: moreIdeas }, since()));
      moreIdeas = next(ideas.pageInfo);
      show({ ideas: joined(mine.ideas, ideas.nodes) });
    },
    async earlier() {
      const { wins } = dataOf(await client.query(EARLIER, { after: moreWins }, since()));
      moreWins = next(wins.pageInfo);
      show({ wins: joined(mine.wins, wins.nodes) });
    },
    close() {
      closed = true;
      stop();
    },
  };
}

function next({ hasNextPage, endCursor }: { hasNextPage: boolean; endCursor: string | null }): string | null {
  return hasNextPage ? endCursor : null;
}

/** The first list, then what the second has besides. */
function joined<Item extends { id: string }>(first: readonly Item[], then: readonly Item[]): Item[] {
  const known = new Set(first.map((item) => item.id));
  return [...first, ...then.filter((item) => !known.has(item.id))];
}
