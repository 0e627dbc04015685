/** Time as React state. */
import { useEffect, useState } from "react";

/** True once `active` has held for `ms` without a break: for skeletons and banners that should not flicker. */
export function useHeldFor(active: boolean, ms: number): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!active) return;
    const timer = setTimeout(() => setHeld(true), ms);
    return () => {
      clearTimeout(timer);
      setHeld(false);
    };
  }, [active, ms]);
  return active && held;
}

/** Whole seconds left until `moment` (milliseconds of Date.now), counted down; 0 when it has passed or is null. */
export function useSecondsUntil(moment: number | null): number {
  const [now, setNow] = useState(Date.now);
  const left = moment === null ? 0 : Math.max(0, Math.ceil((moment - now) / 1000));
  useEffect(() => {
    if (moment === null) return;
    const tick = () => {
      setNow(Date.now());
      if (Date.now() >= moment) clearInterval(timer);
    };
    const timer = setInterval(tick, 500);
    tick();
    return () => clearInterval(timer);
  }, [moment]);
  return left;
}

/** Milliseconds from now to the next midnight here. */
const untilMidnight = () => {
  const next = new Date();
  next.setHours(24, 0, 0, 50);
  return next.getTime() - Date.now();
};

/** Today's date as "2026-11-20" in local time; renders again at midnight, so that "Today" becomes "Yesterday". */
export function useToday(localDate: (moment: Date) => string): string {
  const [today, setToday] = useState(() => localDate(new Date()));
  useEffect(() => {
    const timer = setTimeout(() => setToday(localDate(new Date())), untilMidnight());
    return () => clearTimeout(timer);
  }, [today, localDate]);
  return today;
}
