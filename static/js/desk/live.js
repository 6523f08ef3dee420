// New reports while a page of the desk is open: asks seldom, one question at a time, and leaves the reader alone.
// A page whose numbers stand in [data-live] gets them anew; any other says quietly how many are new, with a way to
// show them. Nothing moves under a hand, a finger or a selection.

const EVERY = 20_000;
const LONGEST = 300_000;
const SPREAD = 0.2;

const bar = document.querySelector('[data-live-bar]');
const address = bar.dataset.liveBar;
const inPlace = 'liveInPlace' in bar.dataset;
const news = bar.querySelector('[data-live-news]');
const show = bar.querySelector('[data-live-show]');

let since = bar.dataset.liveSince;
let tag = '';
let wait = EVERY;
let timer;
let asking = false;
let asked = Date.now();

function later() {
  clearTimeout(timer);
  if (document.hidden) return; // asks again when someone looks
  timer = setTimeout(ask, wait * (1 - SPREAD + 2 * SPREAD * Math.random()));
}

async function ask() {
  if (asking || document.hidden) return;
  asking = true;
  asked = Date.now();
  try {
    const reply = await fetch(`${address}?since=${since}`, {
      headers: tag ? { 'If-None-Match': tag } : {},
      cache: 'no-store',
      redirect: 'manual', // a redirect is the way to the sign-in
    });
    if (reply.type === 'opaqueredirect' || reply.status === 401 || reply.status === 403) {
      say(bar.dataset.signedOut);
      return; // asks no more
    }
    if (reply.status !== 304 && !reply.ok) throw new Error(String(reply.status));
    wait = EVERY;
    if (reply.ok) {
      tag = reply.headers.get('ETag') ?? '';
      await tell(await reply.json());
    }
    later();
  } catch {
    wait = Math.min(wait * 2, LONGEST);
    later();
  } finally {
    asking = false;
  }
}

async function tell(found) {
  if (String(found.revision) === since) return;
  if (!inPlace) {
    say(found.said || found.changed);
    return;
  }
  const whole = await renew();
  if (found.said) say(found.said, !whole);
  tag = ''; // a part that was in use is asked for again
  if (whole) since = String(found.revision);
}

// Said once: a screen reader reads the line when it is done with what it reads.
function say(words, offer = !inPlace) {
  if (!words) return;
  if (news.textContent !== words) news.textContent = words;
  show.hidden = !offer || words === bar.dataset.signedOut;
  bar.classList.add('said');
}

// Puts the page's own numbers, as the server writes them now, where the old ones stand; false where a part was in use.
async function renew() {
  const reply = await fetch(location.href, { cache: 'no-store', redirect: 'manual' });
  if (!reply.ok) throw new Error(String(reply.status));
  const made = new DOMParser().parseFromString(await reply.text(), 'text/html');
  let whole = true;
  for (const old of document.querySelectorAll('[data-live]')) {
    const now = made.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
    if (!now || now.innerHTML === old.innerHTML) continue;
    if (inUse(old)) {
      whole = false;
      continue;
    }
    const open = [...old.querySelectorAll('details')].map((each) => each.open);
    old.replaceChildren(...now.childNodes);
    old.querySelectorAll('details').forEach((each, place) => (each.open = open[place] ?? each.open));
  }
  return whole;
}

function inUse(part) {
  if (part.contains(document.activeElement)) return true;
  const chosen = getSelection();
  return Boolean(chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode));
}

show.addEventListener('click', () => location.reload());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else if (Date.now() - asked >= wait) ask();
  else later();
});
later();
