// Roles and times, as this page names them.

import type { Person } from "../people/search";
import { settings } from "../words/en/settings";
import { language } from "../words/language";

export type Role = Person["roles"][number];

/** Those that can be given. */
export const GIVEN = [
  "CONTRIBUTOR",
  "THEME_LEAD",
  "COACH",
  "MODERATOR",
  "EXECUTIVE",
  "ADMIN",
] as const satisfies Role[];

/** "Theme lead": what stands before the colon. */
export const roleNames = (roles: Role[]): string[] => roles.map((role) => settings.roles[role].replace(/:.*/, ""));

const DAY = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const DATE = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

export const day = (time: string): string => DAY.format(new Date(time));
/** Of a Date, which is a day wherever it is read. */
export const date = (text: string): string => DATE.format(new Date(text));
export const moment = (time: string): string => MOMENT.format(new Date(time));
