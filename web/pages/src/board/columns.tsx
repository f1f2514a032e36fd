// The board's lists: what is worked on, ideas by where they stand, and wins.
import type { ComponentChildren } from "preact";
import { board as say } from "../words/en/board";
import { language } from "../words/language";
import type { Idea, Theme, Win } from "./asked";
import type { Fitting } from "./fit";

const THEMES = 3; // shown, of those that close soonest
const WINS = 3; // seen at least, before all of it grows: they are never done
const DAY = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
// Of a Date, which has no hour and so no zone.
const DATE = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });

export function Themes({ themes }: { themes: Theme[] }) {
  const more = themes.length - THEMES;
  return (
    <section class="themes" aria-label={say.themes}>
      <h2>{say.themes}</h2>
      {themes.length === 0 && <p>{say.empty}</p>}
      <ul>
        {themes.slice(0, THEMES).map((theme) => (
          <li key={theme.id}>
            <h3>{theme.title}</h3>
            <p class="objective">
              {theme.closesOn && <span class="quiet">{say.until(DATE.format(new Date(theme.closesOn)))} · </span>}
              {theme.objective}
            </p>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="more">{say.more(more)}</p>}
    </section>
  );
}

interface Shown {
  marked: ReadonlyMap<string, number>;
  fitting: Fitting;
}

interface OfIdeas extends Shown {
  name: "newIdeas" | "awaitingResponse" | "testing";
  title: string;
  all: number;
  ideas: Idea[];
  now: number;
}

export function Ideas({ name, title, all, ideas, now, ...shown }: OfIdeas) {
  const cards = ideas.map((idea) => ({
    id: idea.id,
    title: idea.title,
    said: said([due(idea, now), idea.author?.name, idea.theme?.title]),
  }));
  const heading = (
    <>
      {title} <span class="count">{all}</span>
    </>
  );
  return <Column {...{ name, title, heading, all, cards }} least={all} {...shown} />;
}

interface OfWins extends Shown {
  all: number;
  wins: Win[];
}

/** Whose thanks may not be shown here are thanked without it being said. */
export function Wins({ all, wins, ...shown }: OfWins) {
  const cards = wins.map((win) => ({
    id: win.id,
    title: win.headline,
    said: win.thanks.length > 0 && say.thanks(win.thanks.map((person) => person.name).join(", ")),
  }));
  const title = say.wins;
  const least = Math.min(WINS, wins.length);
  return <Column name="wins" {...{ title, heading: title, all, cards, least }} {...shown} />;
}

interface OfColumn extends Shown {
  name: string;
  title: string;
  heading: ComponentChildren;
  all: number;
  cards: { id: string; title: string; said: ComponentChildren }[];
  least: number;
}

function Column({ name, title, heading, all, cards, least, marked, fitting }: OfColumn) {
  const room = fitting[name] ?? cards.length;
  const more = all - Math.min(room, cards.length);
  return (
    <section class={`column ${name}`} aria-label={title}>
      <h2>{heading}</h2>
      {cards.length === 0 && <p>{say.empty}</p>}
      <ul data-list={name} data-least={least}>
        {cards.map(({ id, title, said }, place) => (
          <li key={id} class={`card${marked.has(id) ? " fresh" : ""}${place < room ? "" : " beyond"}`}>
            <p class="title">{title}</p>
            {said && <p class="quiet">{said}</p>}
          </li>
        ))}
      </ul>
      <p class="more">{more > 0 && say.more(more)}</p>
    </section>
  );
}

function due({ responseDueAt }: Idea, now: number): ComponentChildren {
  if (!responseDueAt) return null;
  const at = new Date(responseDueAt);
  return at.getTime() > now ? say.due(DAY.format(at)) : <strong class="overdue">{say.overdue(DAY.format(at))}</strong>;
}

/** What there is of it, with dots between; nothing where there is nothing. */
function said(parts: ComponentChildren[]): ComponentChildren {
  const there = parts.filter(Boolean);
  return there.length > 0 && there.flatMap((part, at) => (at === 0 ? [part] : [" · ", part]));
}
