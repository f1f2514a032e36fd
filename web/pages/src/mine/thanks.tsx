// What came of it and who says thank you: first of all that my page shows.
import { mine } from "../words/en/mine";
import type { Win } from "./asked";
import { day } from "./days";
import type { Mine } from "./mine";
import { called } from "./story";

const say = mine.thanks;

interface Props {
  mine: Mine;
  wins: Win[];
}

export function Thanks({ mine, wins: [newest, ...others] }: Props) {
  if (newest === undefined) return null;
  return (
    <section class="thanks" aria-labelledby="thanks">
      <h2 id="thanks">{say.title}</h2>
      <Thank mine={mine} win={newest} />
      {others.length > 0 && (
        <details>
          <summary>
            {say.others} ({others.length})
          </summary>
          {others.map((win) => (
            <Thank key={win.id} mine={mine} win={win} />
          ))}
        </details>
      )}
    </section>
  );
}

function Thank({ mine: { me, ideas }, win }: { mine: Mine; win: Win }) {
  const own = win.ideas.filter((idea) => ideas.some((each) => each.id === idea.id));
  const thanked = win.thanks.some((person) => person.id === me);
  const byMe = win.sharedBy?.id === me;
  return (
    <div class="thank">
      <h3>{win.headline}</h3>
      <p>{win.change}</p>
      {own.length > 0 && <p>{say.from(own.map((idea) => idea.title).join("; "))}</p>}
      <p>
        {byMe ? say.shared : thanked ? say.by(called(win.sharedBy, me)) : ""}{" "}
        <span class="quiet">{day(win.sharedAt)}</span>
      </p>
    </div>
  );
}
