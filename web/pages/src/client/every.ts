// Lists read whole, however many pages they have.

export interface Page<Item> {
  nodes: readonly Item[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** All items; `ask` is given the cursor of the page before, null at the first. Throws what it throws. */
export async function every<Item>(ask: (after: string | null) => Promise<Page<Item>>): Promise<Item[]> {
  const found: Item[] = [];
  let after: string | null = null;
  for (;;) {
    const { nodes, pageInfo }: Page<Item> = await ask(after);
    found.push(...nodes);
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return found;
    after = pageInfo.endCursor;
  }
}
