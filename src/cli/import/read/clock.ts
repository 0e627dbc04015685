/**
 * When each line was: the date of its file and the minute it names, never decreasing along all files.
 *
 * A step back of more than six hours inside a file is the next half-day or day (a clock of twelve hours, or midnight). A smaller
 * one, and a file that begins before the last one ended, are clamped to the moment before. A line without a time is of
 * the moment before it.
 */

const HALF_DAY = 12 * 60;
const STEP = 6 * 60;
const MINUTE_MS = 60_000;

export interface Moment {
  /** milliseconds since 1970; a log's times are taken as UTC */
  at: number;
  /** whether the line named an earlier moment */
  clamped: boolean;
}

export interface Clock {
  /** @param date - midnight of the file's day, in milliseconds since 1970 */
  startFile(date: number): void;
  tell(minute: number | null): Moment;
}

export function createClock(): Clock {
  let latest = -Infinity;
  let date = 0;
  let shift = 0;
  let lastMinute = -Infinity;

  function following(minute: number): number {
    if (lastMinute - (minute + shift) > STEP) while (minute + shift < lastMinute) shift += HALF_DAY;
    return minute + shift;
  }

  return {
    startFile(day) {
      date = day;
      shift = 0;
      lastMinute = -Infinity;
    },
    tell(minute) {
      if (minute === null) {
        latest = Math.max(latest, date);
        return { at: latest, clamped: false };
      }
      const wanted = following(minute);
      lastMinute = Math.max(lastMinute, wanted);
      const named = date + wanted * MINUTE_MS;
      const clamped = named < latest;
      latest = Math.max(latest, named);
      return { at: latest, clamped };
    },
  };
}
