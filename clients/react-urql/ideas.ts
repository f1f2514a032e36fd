// The ideas as they are: read at a cursor, kept by what comes after it.
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { type Client, type CombinedError, useMutation, useQuery } from "urql";
import { FEED, FIRST, type Idea, MORE, SHARE, SUPPORT } from "../shared/documents";
import { type Kept, type Out, outbox } from "../shared/outbox";
import { breaks } from "../shared/reduce";
import type { Watch } from "../shared/session";
import { paging } from "./cache";

// guide: ideas
/** What somebody is told of it: the server's words, without the library's. */
function words(error: CombinedError | undefined): string | null {
  return error ? (error.networkError?.message ?? error.graphQLErrors.map((each) => each.message).join(" ")) : null;
}

export function useIdeas(client: Client, { taken }: Watch) {
  const [{ data, error }, ask] = useQuery({ query: FIRST });
  const cursor = data?.cursor;
  const took = useEffectEvent(taken); // another function is no reason to follow anew

  useEffect(() => {
    if (cursor === undefined) return;
    return client.subscription(FEED, { after: cursor }).subscribe(({ data }) => {
      if (data === undefined) return;
      // The answer has another cursor, after which the feed is then followed: so this effect begins anew.
      if (breaks(data.feed)) ask({ requestPolicy: "network-only" });
      took(data.feed);
    }).unsubscribe;
  }, [client, cursor, ask]);

  const { hasNextPage, endCursor } = data?.ideas.pageInfo ?? { hasNextPage: false, endCursor: null };
  // Of the server, though it may have been asked before: after a reset the list begins with its first page again.
  const more = () =>
    paging.during(() => client.query(MORE, { after: endCursor ?? "" }, { requestPolicy: "network-only" }).toPromise());
  return { ideas: data?.ideas.nodes ?? [], more: hasNextPage ? () => void more() : null, failed: words(error) };
}
// guide ends: ideas

// guide: support
/** Shown as done at once; taken back by the cache where it is refused, and said why. */
export function useSupport() {
  const [{ error, data }, send] = useMutation(SUPPORT);
  return {
    support: (idea: Idea) => void send({ input: { ideaId: idea.id } }),
    problem: words(error) ?? data?.supportIdea?.userErrors[0]?.message ?? null,
  };
}
// guide ends: support

// guide: share
async function share(client: Client, { key, problem }: Kept): Promise<string | null> {
  const { data, error } = await client.mutation(SHARE, { input: { problem, idempotencyKey: key } }).toPromise();
  if (error?.networkError) throw error.networkError; // Away
  return words(error) ?? data?.submitIdea?.userErrors[0]?.message ?? null;
}

export function useOutbox(client: Client, person: string) {
  const [out, setOut] = useState<Out>({ waiting: [], refused: [] });
  const box = useMemo(() => outbox(person, localStorage, (idea) => share(client, idea), setOut), [client, person]);
  useEffect(() => box.open(), [box]);
  return { out, ...box };
}
// guide ends: share
