// The documents as texts, since there is no library here; shared/documents.ts has the same with their types.

// guide: queries
const IDEA = "id reference title problem status supportCount viewerSupports version submittedAt";
const PAGE = `{ nodes { ${IDEA} } pageInfo { hasNextPage endCursor } }`;

export const FIRST = `query { cursor ideas(first: 20) ${PAGE} }`;

export const MORE = `query ($after: String!) { ideas(first: 20, after: $after) ${PAGE} }`;

export const FEED = `subscription {
  feed {
    __typename
    cursor
    ... on IdeaSubmitted { idea { ${IDEA} } }
    ... on IdeaEdited { idea { ${IDEA} } }
    ... on IdeaStatusChanged { idea { ${IDEA} } }
    ... on IdeaSupported { idea { ${IDEA} } }
    ... on ContentRetracted { nodeId }
  }
}`;

export const SHARE = `mutation ($input: SubmitIdeaInput!) {
  submitIdea(input: $input) { idea { ${IDEA} } userErrors { message } }
}`;
// guide ends: queries
