/** Dates and times as people of this browser's language write them. */

const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const dayThisYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayAnyYear = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const shortDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** "09:12" */
export const formatTime = (moment: Date) => timeOnly.format(moment);
/** "9:13" where others write "9:13 PM": for the narrow column beside grouped messages */
export const formatNarrowTime = (moment: Date) =>
  timeOnly
    .formatToParts(moment)
    .map((part) => (part.type === "dayPeriod" ? "" : part.value))
    .join("")
    .trim();
/** "Friday, 20 November 2026 at 09:12:07": for titles */
export const formatWhole = (moment: Date) => whole.format(moment);
/** "20 Nov 2026, 09:12": for lists */
export const formatShort = (moment: Date) => shortDay.format(moment);

const two = (value: number) => String(value).padStart(2, "0");

/** The local calendar day of a moment, as "2026-11-20": what day separators are told apart by. */
export function localDate(moment: Date): string {
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/**
 * How a day is called: Today, Yesterday, "Friday, 20 November", with the year when it is another one.
 *
 * @param day - a local date as `localDate` gives it
 * @param today - the same for now
 */
export function dayName(day: string, today: string): string {
  if (day === today) return "Today";
  // Noon: a day of 23 or 25 hours (summer time) still has one.
  const noon = (date: string) => new Date(`${date}T12:00:00`);
  const yesterday = noon(today);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === localDate(yesterday)) return "Yesterday";
  return (day.slice(0, 4) === today.slice(0, 4) ? dayThisYear : dayAnyYear).format(noon(day));
}

const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** "12 minutes ago", "3 days ago". */
export function formatAgo(moment: Date, now: number): string {
  const minutes = Math.round((moment.getTime() - now) / 60_000);
  if (Math.abs(minutes) < 60) return ago.format(minutes, "minute");
  if (Math.abs(minutes) < 36 * 60) return ago.format(Math.round(minutes / 60), "hour");
  return ago.format(Math.round(minutes / 1440), "day");
}
