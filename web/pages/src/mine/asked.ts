// What my page asks for, and what it hears of.
import { graphql, type ResultOf } from "../client/graphql";

const WIN = graphql(`
  fragment MyWin on Win {
    id
    headline
    change
    sharedAt
    sharedBy { id name }
    thanks { id name }
    ideas { id title }
  }
`);

const IDEA = graphql(
  `
    fragment MyIdea on Idea {
      id
      reference
      title
      problem
      solution
      status
      anonymous
      theme { title }
      supportCount
      commentCount
      submittedAt
      updatedAt
      responseDueAt
      awaitingResponse
      version
      viewerCanDo
      comments(last: 10) { nodes { id body kind createdAt author { id name } viewerCanDo } }
      history(first: 50) { nodes { __typename ... on IdeaStatusChanged { at to } } }
      wins { ...MyWin }
    }
  `,
  [WIN],
);

/** Ten at a time: each may bring its wins, and those the people they thank. */
export const MINE = graphql(
  `
    query Mine {
      cursor
      viewer { ... on Person { id } }
      ideas(first: 10, filter: { mine: true }) { nodes { ...MyIdea } pageInfo { hasNextPage endCursor } }
      wins(first: 50) { nodes { ...MyWin } pageInfo { hasNextPage endCursor } }
    }
  `,
  [IDEA, WIN],
);

export const OLDER = graphql(
  `
    query Older($after: String) {
      ideas(first: 10, after: $after, filter: { mine: true }) { nodes { ...MyIdea } pageInfo { hasNextPage endCursor } }
    }
  `,
  [IDEA],
);

export const EARLIER = graphql(
  `
    query Earlier($after: String) {
      wins(first: 50, after: $after) { nodes { ...MyWin } pageInfo { hasNextPage endCursor } }
    }
  `,
  [WIN],
);

export const ONE = graphql(
  `
    query One($id: ID!) {
      node(id: $id) { __typename ...MyIdea ...MyWin }
    }
  `,
  [IDEA, WIN],
);

export const STORY = graphql(`
  query Story($id: ID!, $after: Cursor) {
    idea(id: $id) {
      history(first: 100, after: $after) {
        nodes {
          __typename
          cursor
          at
          actor { id name }
          ... on IdeaStatusChanged { to }
          ... on CommentAdded { comment { id body author { id name } createdAt editedAt viewerCanDo } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

/** Ids alone: the same for everybody who watches, so that the server reads it once for all. */
export const HAPPENED = graphql(`
  subscription Happened($after: Cursor) {
    feed(
      after: $after
      filter: {
        types: [
          IDEA_SUBMITTED, IDEA_EDITED, IDEA_STATUS_CHANGED, IDEA_SUPPORTED
          COMMENT_ADDED, COMMENT_EDITED, WIN_SHARED, WIN_EDITED, CONTENT_RETRACTED
        ]
      }
    ) {
      __typename
      cursor
      ... on IdeaSubmitted { idea { id anonymous author { id } } }
      ... on IdeaEdited { idea { id } }
      ... on IdeaStatusChanged { idea { id } }
      ... on IdeaSupported { idea { id } }
      ... on CommentAdded { idea { id } }
      ... on CommentEdited { idea { id } }
      ... on WinShared { win { id thanks { id } ideas { id } } }
      ... on WinEdited { win { id thanks { id } ideas { id } } }
      ... on ContentRetracted { nodeId }
    }
  }
`);

export const EDIT = graphql(
  `
    mutation Edit($input: EditIdeaInput!) {
      editIdea(input: $input) { idea { ...MyIdea } userErrors { code message } }
    }
  `,
  [IDEA],
);

export const WITHDRAW = graphql(
  `
    mutation Withdraw($input: WithdrawIdeaInput!) {
      withdrawIdea(input: $input) { idea { ...MyIdea } userErrors { message } }
    }
  `,
  [IDEA],
);

export const COMMENT = graphql(
  `
    mutation Comment($input: AddCommentInput!) {
      addComment(input: $input) { comment { idea { ...MyIdea } } userErrors { message } }
    }
  `,
  [IDEA],
);

export type Idea = ResultOf<typeof IDEA>;
export type Win = ResultOf<typeof WIN>;
export type Item = ResultOf<typeof HAPPENED>["feed"];
export type Event = NonNullable<ResultOf<typeof STORY>["idea"]>["history"]["nodes"][number];
