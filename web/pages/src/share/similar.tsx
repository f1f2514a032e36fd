// What is like the idea that somebody writes: shown while they type, so that they can read it and support it instead.
import { useEffect, useState } from "preact/hooks";
import { change } from "../client/asking";
import { client } from "../client/client";
import { graphql, type ResultOf } from "../client/graphql";
import { dataOf, payload } from "../client/open";
import { share as say } from "../words/en/share";

const SIMILAR = graphql(`
  query Similar($text: String!) {
    similarIdeas(text: $text, first: 3) {
      likeness
      idea { id reference title problem solution supportCount viewerSupports viewerCanDo }
    }
  }
`);
const SUPPORT = graphql(`
  mutation Support($input: SupportIdeaInput!) {
    supportIdea(input: $input) { idea { id supportCount viewerSupports } userErrors { message } }
  }
`);
const UNSUPPORT = graphql(`
  mutation Unsupport($input: UnsupportIdeaInput!) {
    unsupportIdea(input: $input) { idea { id supportCount viewerSupports } userErrors { message } }
  }
`);
const REST = 500; // ms without a key before it is asked
const LEAST = 12; // letters: less says nothing yet
const ALIKE = 0.45; // of likeness; less is chance

type Found = ResultOf<typeof SIMILAR>["similarIdeas"][number]["idea"];

interface Props {
  /** What has been typed so far. */
  text: string;
  /** Somebody's support says all that they would have shared. */
  enough: (reference: string) => void;
}

/** Without a connection there is nothing to be seen, and nothing in the way. */
export function Similar({ text, enough }: Props) {
  const [found, setFound] = useState<Found[]>([]);

  useEffect(() => {
    if (text.trim().length < LEAST) return setFound([]);
    let wanted = true;
    const timer = setTimeout(async () => {
      try {
        const { similarIdeas } = dataOf(await client.query(SIMILAR, { text }));
        if (wanted) setFound(similarIdeas.filter((each) => each.likeness >= ALIKE).map((each) => each.idea));
      } catch {
        if (wanted) setFound([]); // it helps, and is not needed to share
      }
    }, REST);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text]);

  const changed = (idea: Pick<Found, "id" | "supportCount" | "viewerSupports">) =>
    setFound((before) => before.map((each) => (each.id === idea.id ? { ...each, ...idea } : each)));

  return (
    <div role="status">
      {found.length > 0 && (
        <section class="similar" aria-label={say.similar}>
          <h2>{say.similar}</h2>
          <ul>
            {found.map((idea) => (
              <One key={idea.id} idea={idea} changed={changed} enough={enough} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

interface OneProps extends Pick<Props, "enough"> {
  idea: Found;
  changed: (idea: Pick<Found, "id" | "supportCount" | "viewerSupports">) => void;
}

function One({ idea, changed, enough }: OneProps) {
  const [problem, setProblem] = useState("");

  async function press() {
    const input = { ideaId: idea.id };
    try {
      const answer = idea.viewerSupports
        ? payload((await change(UNSUPPORT, { input })).unsupportIdea)
        : payload((await change(SUPPORT, { input })).supportIdea);
      setProblem(answer.userErrors.map((error) => error.message).join(" "));
      if (answer.idea !== null) changed(answer.idea);
    } catch {
      setProblem(say.notSupported);
    }
  }

  return (
    <li>
      <p>
        {idea.title} <span class="hint">{say.supporters(idea.supportCount)}</span>
      </p>
      <details>
        <summary>{say.read}</summary>
        <p class="text">{idea.problem}</p>
        {idea.solution && <p class="text">{idea.solution}</p>}
      </details>
      {idea.viewerSupports && <p>{say.supported(idea.reference)}</p>}
      {problem !== "" && <p role="alert">{problem}</p>}
      {idea.viewerCanDo.includes("SUPPORT") && (
        <p class="row">
          {idea.viewerSupports && (
            <button type="button" onClick={() => enough(idea.reference)}>
              {say.enough}
            </button>
          )}
          <button
            type="button"
            class={idea.viewerSupports ? "second" : undefined}
            onClick={() => void press()}
            aria-label={idea.viewerSupports ? undefined : say.supportIt(idea.title)}
          >
            {idea.viewerSupports ? say.unsupport : say.support}
          </button>
        </p>
      )}
    </li>
  );
}
