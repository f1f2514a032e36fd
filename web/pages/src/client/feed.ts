// What a screen keeps of each thing, and the feed whose items carry just that, so that each item updates it by itself.
import { graphql, type ResultOf } from "./graphql";

export const IDEA = graphql(`
  fragment IdeaShown on Idea {
    id reference title problem solution status statusReason anonymous version
    author { id name } theme { id title } unit { id name }
    supportCount commentCount awaitingResponse responseDueAt submittedAt
    viewerCanDo viewerCanMoveTo
  }
`);
export const COMMENT = graphql(`
  fragment CommentShown on Comment { id body kind author { id name } createdAt editedAt version idea { id } }
`);
export const THEME = graphql(`
  fragment ThemeShown on Theme { id title status closesOn version viewerCanDo }
`);
export const WIN = graphql(`
  fragment WinShown on Win { id headline change version ideas { id } thanks { id name } }
`);

export const FEED = graphql(
  `
  subscription Feed($after: Cursor) {
    feed(after: $after) {
      __typename
      cursor
      ... on IdeaSubmitted { idea { ...IdeaShown } }
      ... on IdeaEdited { at actor { id name } idea { ...IdeaShown } }
      ... on IdeaStatusChanged { at actor { id name } from to idea { ...IdeaShown } }
      ... on IdeaSupported { idea { ...IdeaShown } }
      ... on CommentAdded { comment { ...CommentShown } idea { ...IdeaShown } }
      ... on CommentEdited { comment { ...CommentShown } idea { ...IdeaShown } }
      ... on ThemeEdited { theme { ...ThemeShown } }
      ... on ThemeOpened { theme { ...ThemeShown } }
      ... on ThemeClosed { theme { ...ThemeShown } }
      ... on WinShared { win { ...WinShown } }
      ... on WinEdited { win { ...WinShown } }
      ... on ContentRetracted { nodeId }
    }
  }
`,
  [IDEA, COMMENT, THEME, WIN],
);

export type Idea = ResultOf<typeof IDEA>;
export type Comment = ResultOf<typeof COMMENT>;
export type Theme = ResultOf<typeof THEME>;
export type Win = ResultOf<typeof WIN>;
export type Item = ResultOf<typeof FEED>["feed"];
