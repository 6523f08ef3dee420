// A clock, and nothing else.

import { hourMinute, weekdayDate } from "./clock.js";
import { make } from "./elements.js";
import { loadWords } from "./words.js";

export function showClock(box, say) {
  const [time, date] = [make("h1"), make("p")];
  box.replaceChildren(time, date);
  const tick = () => {
    time.textContent = hourMinute(new Date());
    if (say) date.textContent = weekdayDate(new Date(), say);
  };
  tick();
  return setInterval(tick, 1000);
}

const face = document.getElementById("face");
if (face) loadWords(document.documentElement.lang).then((say) => showClock(face, say), () => showClock(face));
