// How the desk's questions are put: narrowed by its filter, page by page, and never answered older than it was told.
import { client } from "../client/client";
import { every } from "../client/every";
import { dataOf } from "../client/open";
import { type Asker, type IdeaFilter, OPENED, UNITS, type Unit } from "./asked";
import { type Filter, homeOf } from "./lists";

export function asked({ theme, unit }: Filter): IdeaFilter {
  return { ...(theme !== null && { themeId: theme }), ...(unit !== null && { unitId: unit }) };
}

/** Answered by whichever process, it is never older than what this page was told. */
export function after(cursor: string) {
  return { fetchOptions: { headers: { "groundswell-after": cursor } } };
}

export interface Place {
  units: readonly Unit[];
  /** The unit that whoever asks begins with: they answer for it, and not for all. */
  home: string | null;
}

let known: Place | null = null;

/** The units, asked for once. */
export async function place(): Promise<Place> {
  if (known !== null) return known;
  const asker: { viewer: Asker | object } = { viewer: {} };
  const units = await every(async (after) => {
    const page = dataOf(await client.query(UNITS, { after }));
    asker.viewer = page.viewer;
    return page.organisation.units;
  });
  const { viewer } = asker;
  known = { units, home: "id" in viewer ? homeOf(viewer, units) : null };
  return known;
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
