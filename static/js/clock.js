// The phone's own time, always with its offset: the server judges it by that.

const two = (number) => String(number).padStart(2, "0");

export function offset(moment) {
  const minutes = -moment.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

// "2026-11-22T18:31": what a datetime-local field shows.
export function localMinute(moment = new Date()) {
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}` +
    `T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

// "2026-11-22T18:31:07.123+05:00"
export function stamp(moment = new Date()) {
  const seconds = `${two(moment.getSeconds())}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
  return `${localMinute(moment)}:${seconds}${offset(moment)}`;
}

// A datetime-local value with the offset that this phone has at that moment.
export function withOffset(local) {
  const moment = new Date(local);
  if (Number.isNaN(moment.getTime())) return local;
  return `${local.length === 16 ? `${local}:00` : local}${offset(moment)}`;
}

const HOUR = 3_600_000;

// Of one day of observation: on one date, or half a day apart at most, for a count runs over midnight.
export function sameDay(one, other) {
  const [first, second] = [new Date(one), new Date(other)];
  return localMinute(first).slice(0, 10) === localMinute(second).slice(0, 10) || Math.abs(first - second) < 12 * HOUR;
}

// When the day began that this moment belongs to: an observer who writes up the count at three has not yet ended it.
export function dayBegan(now = new Date()) {
  return new Date(Math.min(new Date(now).setHours(0, 0, 0, 0), now - 18 * HOUR));
}

export const hourMinute = (moment) => localMinute(new Date(moment)).slice(11);

// Dates in the page's own words: not every browser's own list of languages holds Kazakh.
export function dayMonth(moment, say) {
  const date = new Date(moment);
  return say("date", { day: date.getDate(), month: say("months").split(" ")[date.getMonth()] });
}

export function weekdayDate(moment, say) {
  const weekday = say("weekdays").split(" ")[new Date(moment).getDay()];
  return say("weekday_date", { weekday, date: dayMonth(moment, say) });
}
