// Days as they are said on my page.
import { language } from "../words/language";

const DAY = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
const OF_A_YEAR = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });

/** "3 June", and of another year "3 June 2024". */
export function day(text: string): string {
  const date = new Date(text);
  return (date.getFullYear() === new Date().getFullYear() ? DAY : OF_A_YEAR).format(date);
}
