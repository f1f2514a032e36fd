// Where an idea stands, what others did about that meanwhile, and moving it on.
import { useEffect } from "preact/hooks";
import type { Idea } from "../client/feed";
import type { Deed } from "../client/reduce";
import { live as say } from "../words/en/live";
import type { Unit } from "./asked";
import { type Change, type Draft, setAside } from "./drafts";
import type { Held } from "./held";
import { deed, leads } from "./said";

const NEEDS_REASON: ReadonlySet<Idea["status"]> = new Set(["DEFERRED", "DECLINED"]);

interface Props {
  idea: Idea;
  units: readonly Unit[];
  deeds: readonly Deed[];
  draft: Draft;
  change: Change;
  held: Held | undefined;
  decide: (idea: Idea, draft: Draft) => void;
}

export function Decide({ idea, units, deeds, draft, change, held, decide }: Props) {
  const to = idea.viewerCanMoveTo.includes(draft.to as Idea["status"]) ? draft.to : "";
  const needed = to !== "" && NEEDS_REASON.has(to);
  const may = idea.viewerCanDo.includes("CHANGE_STATUS");
  const under = held?.to ?? (draft.sending && draft.to !== "" ? draft.to : null); // waited for

  // A decision that cannot be made any more is none, and what was written for it is not to go out with another.
  const over = under === null && draft.to !== "" && to === "";
  useEffect(() => {
    if (over) change(idea.id, setAside);
  }, [over]);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    decide(idea, draft);
  }

  return (
    <section aria-labelledby="decision">
      <h3 id="decision">{say.decision}</h3>
      <p>
        <span class={`chip ${idea.status.toLowerCase()}`}>{say.statuses[idea.status]}</span>
      </p>
      {idea.statusReason && (
        <p>
          <span class="quiet">{say.reasonGiven}:</span> <span class="text">{idea.statusReason}</span>
        </p>
      )}
      <div role="status" class="deeds">
        {deeds.map((each) => (
          <p key={each.cursor}>{deed(each)}</p>
        ))}
      </div>
      {may && draft.notSent !== null && <p role="alert">{draft.notSent}</p>}
      {!may && <p class="quiet">{say.decides(...leads(idea, units))}</p>}
      {may && under !== null && <p>{say.onItsWay(say.statuses[under])}</p>}
      {may && under === null && (
        <form onSubmit={submit}>
          <label>
            {say.move}
            <select
              required
              value={to}
              onChange={(event) => change(idea.id, () => ({ to: event.currentTarget.value as Draft["to"] }))}
            >
              <option value="">{say.chooseStatus}</option>
              {idea.viewerCanMoveTo.map((each) => (
                <option key={each} value={each}>
                  {say.statuses[each]}
                </option>
              ))}
            </select>
          </label>
          <div class="field">
            <label for="reason">{say.reason}</label>
            <p class="hint" id="reason-hint">
              {needed ? say.reasonNeeded : say.reasonHint}
            </p>
            <textarea
              id="reason"
              rows={2}
              aria-describedby="reason-hint"
              required={needed}
              maxLength={4000}
              value={draft.reason}
              onInput={(event) => change(idea.id, () => ({ reason: event.currentTarget.value }))}
            />
          </div>
          <button>{say.decide}</button>
        </form>
      )}
    </section>
  );
}
