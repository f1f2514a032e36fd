// What the explorer opens with: a first query, mutation and subscription.
import feed from "./tabs/feed.graphql";
import ideas from "./tabs/ideas.graphql";
import submitIdea from "./tabs/submitIdea.graphql";

const json = (value) => JSON.stringify(value, null, 2);

export const tabs = [
  { query: ideas, variables: json({ first: 10 }) },
  {
    query: submitIdea,
    variables: json({
      input: {
        problem: "Discharge letters wait until the evening round.",
        solution: "Write them as the decision is made.",
      },
    }),
  },
  { query: feed, variables: json({ after: null }) },
];
