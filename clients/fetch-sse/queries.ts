// The documents as texts, since there is no library here; shared/documents.ts has the same with their types.

// guide: queries
const TOLD = "id reference title problem status supportCount version submittedAt";
const IDEA = `${TOLD} viewerSupports`; // what depends on who asks is asked for by the list alone
const PAGE = `{ nodes { ${IDEA} } pageInfo { hasNextPage endCursor } }`;

export const FIRST = `query { cursor ideas(first: 20) ${PAGE} }`;

export const MORE = `query ($after: String!) { ideas(first: 20, after: $after) ${PAGE} }`;

export const FEED = `subscription {
  feed {
    __typename
    cursor
    ... on IdeaSubmitted { idea { ${TOLD} } }
    ... on IdeaEdited { idea { ${TOLD} } }
    ... on IdeaStatusChanged { idea { ${TOLD} } }
    ... on IdeaSupported { idea { ${TOLD} } }
    ... on ContentRetracted { nodeId }
  }
}`;

export const SHARE = `mutation ($input: SubmitIdeaInput!) {
  submitIdea(input: $input) { idea { ${IDEA} } userErrors { message } }
}`;
// guide ends: queries
