// How the desk's questions are put: narrowed by its filter, page by page, and never answered older than it was told.
import { client } from "../client/client";
import { dataOf } from "../client/open";
import { type IdeaFilter, OPENED, UNITS, type Unit } from "./asked";
import type { Filter } from "./lists";

export function asked({ theme, unit }: Filter): IdeaFilter {
  return { ...(theme !== null && { themeId: theme }), ...(unit !== null && { unitId: unit }) };
}

/** Answered by whichever process, it is never older than what this page was told. */
export function after(cursor: string) {
  return { fetchOptions: { headers: { "groundswell-after": cursor } } };
}

export async function allUnits(): Promise<Unit[]> {
  const units: Unit[] = [];
  for (let next: string | null = null, more = true; more; ) {
    const page: { nodes: Unit[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } = dataOf(
      await client.query(UNITS, { after: next }),
    ).organisation.units;
    units.push(...page.nodes);
    ({ endCursor: next, hasNextPage: more } = page.pageInfo);
  }
  return units;
}

/** One idea with all its comments; null where it is not to be seen. */
export async function wholeIdea(id: string, cursor: () => string) {
  const first = dataOf(await client.query(OPENED, { id, after: null }, after(cursor()))).idea;
  const comments = [...(first?.comments.nodes ?? [])];
  for (let page = first?.comments.pageInfo; page?.hasNextPage; ) {
    const next = dataOf(await client.query(OPENED, { id, after: page.endCursor }, after(cursor()))).idea;
    comments.push(...(next?.comments.nodes ?? []));
    page = next?.comments.pageInfo;
  }
  return first === null ? null : { idea: first, comments };
}

type Page = {
  nodes: readonly { submittedAt: string | null }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
};

export function next(page: Page["pageInfo"]): string | null {
  return page.hasNextPage ? page.endCursor : null;
}

export function end({ nodes, pageInfo }: Page): string | null {
  return pageInfo.hasNextPage ? (nodes.at(-1)?.submittedAt ?? null) : null;
}
