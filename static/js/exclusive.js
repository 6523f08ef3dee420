// One at a time over all tabs of this phone: a Web Lock, or a lease in local storage where there is none.

const LEASE = 90_000;

export async function exclusively(name, work) {
  if (navigator.locks) {
    return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  }
  const key = `observer-kit:${name}`;
  const mine = `${Date.now() + LEASE} ${Math.random()}`;
  const held = Number((localStorage.getItem(key) || "0").split(" ")[0]);
  if (held > Date.now()) return undefined;
  localStorage.setItem(key, mine);
  await new Promise((resume) => setTimeout(resume, 20));
  if (localStorage.getItem(key) !== mine) return undefined;
  try {
    return await work();
  } finally {
    if (localStorage.getItem(key) === mine) localStorage.removeItem(key);
  }
}
