// What the examples ask, the same in each: a list of ideas, the feed that keeps it, and sharing one's own.
import { graphql, type ResultOf } from "./graphql";

// guide: documents
/** What everybody sees of an idea, in the list and in the feed alike: so each item of the feed updates the list by itself. */
const TOLD = graphql(`
  fragment IdeaTold on Idea { id reference title problem status supportCount version submittedAt }
`);

/** With what depends on who asks. Only the list asks for that: in the feed each item would be read anew for every person. */
export const IDEA = graphql(
  `
  fragment IdeaShown on Idea { ...IdeaTold viewerSupports }
`,
  [TOLD],
);

/** The first page, and the cursor at which it is true. */
export const FIRST = graphql(
  `
  query Ideas {
    cursor
    ideas(first: 20) { nodes { ...IdeaShown } pageInfo { hasNextPage endCursor } }
  }
`,
  [IDEA],
);

/** Further pages ask for no cursor: the feed goes on from where the first page was read, and is never set back or forth. */
export const MORE = graphql(
  `
  query MoreIdeas($after: String!) {
    ideas(first: 20, after: $after) { nodes { ...IdeaShown } pageInfo { hasNextPage endCursor } }
  }
`,
  [IDEA],
);

export const FEED = graphql(
  `
  subscription Feed($after: Cursor) {
    feed(after: $after) {
      __typename
      cursor
      ... on IdeaSubmitted { idea { ...IdeaTold } }
      ... on IdeaEdited { idea { ...IdeaTold } }
      ... on IdeaStatusChanged { idea { ...IdeaTold } }
      ... on IdeaSupported { idea { ...IdeaTold } }
      ... on ContentRetracted { nodeId }
      ... on FeedReset { reason }
    }
  }
`,
  [TOLD],
);

export const SHARE = graphql(
  `
  mutation Share($input: SubmitIdeaInput!) {
    submitIdea(input: $input) { idea { ...IdeaShown } userErrors { code message path } }
  }
`,
  [IDEA],
);
// guide ends: documents

export const SUPPORT = graphql(
  `
  mutation Support($input: SupportIdeaInput!) {
    supportIdea(input: $input) { idea { ...IdeaShown } userErrors { code message path } }
  }
`,
  [IDEA],
);

export type Idea = ResultOf<typeof IDEA>;
export type Told = ResultOf<typeof TOLD>;
export type Item = ResultOf<typeof FEED>["feed"];
export type Page = ResultOf<typeof FIRST>["ideas"];
