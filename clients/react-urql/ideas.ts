// The ideas as they are: read at a cursor, kept by what comes after it.
import { useEffect, useMemo, useState } from "react";
import { type Client, type CombinedError, useMutation, useQuery } from "urql";
import { FEED, FIRST, type Idea, MORE, SHARE, SUPPORT } from "../shared/documents";
import { type Out, outbox, type Waiting } from "../shared/outbox";
import { breaks } from "../shared/reduce";
import type { Watch } from "../shared/session";

// guide: ideas
/** What somebody is told of it: the server's words, without the library's. */
function words(error: CombinedError | undefined): string | null {
  return error ? (error.networkError?.message ?? error.graphQLErrors.map((each) => each.message).join(" ")) : null;
}

export function useIdeas(client: Client, { taken }: Watch) {
  const [{ data, error }, ask] = useQuery({ query: FIRST });
  const cursor = data?.cursor;

  useEffect(() => {
    if (cursor === undefined) return;
    return client.subscription(FEED, { after: cursor }).subscribe(({ data }) => {
      if (data === undefined) return;
      // The answer has another cursor, after which the feed is then followed: so this effect begins anew.
      if (breaks(data.feed)) ask({ requestPolicy: "network-only" });
      taken(data.feed);
    }).unsubscribe;
  }, [client, cursor, ask, taken]);

  const { hasNextPage, endCursor } = data?.ideas.pageInfo ?? { hasNextPage: false, endCursor: null };
  // Of the server, though it may have been asked before: after a reset the list begins with its first page again.
  const more = () => client.query(MORE, { after: endCursor ?? "" }, { requestPolicy: "network-only" }).toPromise();
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
async function share(client: Client, { key, problem }: Waiting): Promise<string | null> {
  const { data, error } = await client.mutation(SHARE, { input: { problem, idempotencyKey: key } }).toPromise();
  if (error?.networkError) throw error.networkError; // Away
  return words(error) ?? data?.submitIdea?.userErrors[0]?.message ?? null;
}

export function useOutbox(client: Client) {
  const [out, setOut] = useState<Out>({ waiting: [], refused: null });
  const box = useMemo(() => outbox(localStorage, (idea) => share(client, idea), setOut), [client]);
  return { out, ...box };
}
// guide ends: share
