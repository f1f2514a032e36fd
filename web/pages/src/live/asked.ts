// What the live view asks for, and what a leader does there.
import { COMMENT, IDEA, THEME, WIN } from "../client/feed";
import { graphql, type ResultOf, type VariablesOf } from "../client/graphql";

export const LIVE = graphql(
  `
  query Live($waiting: IdeaFilter!, $latest: IdeaFilter!) {
    cursor
    viewer { ... on Person { id } }
    themes(first: 100) { nodes { ...ThemeShown } }
    drafts: themes(first: 100, filter: { mine: true, statuses: [DRAFT] }) { nodes { ...ThemeShown } }
    waiting: ideas(first: 5, filter: $waiting, orderBy: LONGEST_WAITING) {
      nodes { ...IdeaShown }
      pageInfo { hasNextPage endCursor }
    }
    latest: ideas(first: 30, filter: $latest, orderBy: NEWEST) {
      nodes { ...IdeaShown }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [IDEA, THEME],
);
export const MORE = graphql(
  `
  query More($first: Int!, $after: String, $filter: IdeaFilter!, $orderBy: IdeaOrder!) {
    ideas(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes { ...IdeaShown }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [IDEA],
);
export const UNITS = graphql(`
  query Units($after: String) {
    viewer { ... on Person { id roles unit { id } } }
    organisation {
      units(first: 100, after: $after) {
        nodes { id name parent { id } leads { id name } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);
export const OPENED = graphql(
  `
  query Opened($id: ID!, $after: String) {
    idea(id: $id) {
      ...IdeaShown
      comments(first: 100, after: $after) { nodes { ...CommentShown } pageInfo { hasNextPage endCursor } }
      wins { ...WinShown }
    }
  }
`,
  [IDEA, COMMENT, WIN],
);
export const MEANWHILE = graphql(
  `
  query Meanwhile($id: ID!, $after: Cursor) {
    idea(id: $id) {
      ...IdeaShown
      history(first: 50, after: $after) {
        nodes {
          __typename
          cursor
          at
          actor { id name }
          ... on IdeaStatusChanged { from to }
        }
      }
    }
  }
`,
  [IDEA],
);
const THANKED = graphql(`
  fragment Thankable on Person { id name deactivatedAt shownOnScreens }
`);
export const THANKABLE = graphql(
  `
  query Thankable($id: ID!) {
    idea(id: $id) {
      author { ...Thankable }
      comments(first: 100) { nodes { author { ...Thankable } } }
    }
  }
`,
  [THANKED],
);
export const SUPPORTERS = graphql(
  `
  query Supporters($id: ID!, $after: Cursor) {
    feed(first: 100, after: $after, filter: { ideaId: $id, types: [IDEA_SUPPORTED] }) {
      nodes { actor { ...Thankable } }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [THANKED],
);

export const ANSWER = graphql(
  `
  mutation Answer($input: AddCommentInput!) {
    addComment(input: $input) { comment { ...CommentShown } userErrors { message } }
  }
`,
  [COMMENT],
);
export const DECIDE = graphql(
  `
  mutation Decide($input: ChangeIdeaStatusInput!) {
    changeIdeaStatus(input: $input) { idea { ...IdeaShown } userErrors { code message } }
  }
`,
  [IDEA],
);
export const ASSIGN = graphql(
  `
  mutation Assign($input: AssignIdeaToThemeInput!) {
    assignIdeaToTheme(input: $input) { idea { ...IdeaShown } userErrors { code message } }
  }
`,
  [IDEA],
);
export const SHARE_WIN = graphql(
  `
  mutation ShareWin($input: ShareWinInput!) {
    shareWin(input: $input) { win { ...WinShown } userErrors { message } }
  }
`,
  [WIN],
);
export const OPEN_THEME = graphql(
  `
  mutation OpenTheme($id: ID!) { openTheme(input: { themeId: $id }) { theme { ...ThemeShown } userErrors { message } } }
`,
  [THEME],
);
export const CLOSE_THEME = graphql(
  `
  mutation CloseTheme($id: ID!) { closeTheme(input: { themeId: $id }) { theme { ...ThemeShown } userErrors { message } } }
`,
  [THEME],
);

export type Answer = ResultOf<typeof LIVE>;
export type IdeaFilter = VariablesOf<typeof LIVE>["latest"];
export type Unit = ResultOf<typeof UNITS>["organisation"]["units"]["nodes"][number];
export type Asker = Extract<ResultOf<typeof UNITS>["viewer"], { id: string }>;
export type Thankable = ResultOf<typeof THANKED>;
