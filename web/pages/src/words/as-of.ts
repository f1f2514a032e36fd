// Since when something is as it is, as it is said.
import { language } from "./language";

const TIME = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(language, {
  weekday: "long",
  day: "numeric",
  month: "long",
  hour: "2-digit",
  minute: "2-digit",
});

/** The time of today; of another day, which a wall may have been lost for, that too. */
export function asOf(date: Date): string {
  return (date.toDateString() === new Date().toDateString() ? TIME : DAY).format(date);
}
