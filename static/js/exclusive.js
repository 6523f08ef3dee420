// One at a time over all tabs of this phone: a Web Lock, or a lease in local storage where there is none.

const LEASE = 6000;
const RENEW = 2000;

export async function exclusively(name, work) {
  if (navigator.locks) {
    return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  }
  const key = `observer-kit:${name}`;
  const mine = String(Math.random());
  const read = () => (localStorage.getItem(key) || "0 ").split(" ");
  const take = () => localStorage.setItem(key, `${Date.now() + LEASE} ${mine}`);
  const release = () => {
    if (read()[1] === mine) localStorage.removeItem(key);
  };
  if (Number(read()[0]) > Date.now()) return undefined;
  take();
  // Two tabs may have taken it at once: after a moment all agree on who wrote last.
  await new Promise((resume) => setTimeout(resume, 20));
  if (read()[1] !== mine) return undefined;
  const renewal = setInterval(take, RENEW); // a page that is gone renews nothing, and its lease runs out
  addEventListener("pagehide", release);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    removeEventListener("pagehide", release);
    release();
  }
}
