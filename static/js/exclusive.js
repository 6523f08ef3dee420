// One at a time over all tabs of this phone: a Web Lock, or a lease in local storage where there is none.

const LEASE = 6000;
const RENEW = 2000;
const PATIENCE = 400; // a page that was just left may still hold what its successor asks for

const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));

class Lease {
  constructor(name) {
    this.key = `observer-kit:${name}`;
    this.mine = String(Math.random());
    this.renewal = null;
    this.release = this.release.bind(this);
  }

  read() {
    return (localStorage.getItem(this.key) || "0 ").split(" ");
  }

  // One that ends later than any lease can was taken before the clock was set back: nobody may be there to renew it.
  free() {
    const left = Number(this.read()[0]) - Date.now();
    return left <= 0 || left > LEASE;
  }

  write() {
    localStorage.setItem(this.key, `${Date.now() + LEASE} ${this.mine}`);
  }

  // Gives whether it was free; `lost` is called if another tab took it from a page that slept for too long.
  async take(lost = () => {}) {
    if (!this.free()) return false;
    this.write();
    addEventListener("pagehide", this.release); // from the first moment: a page may be left in the next
    // Two tabs may have taken it at once: after a moment all agree on who wrote last.
    await pause(20);
    if (this.read()[1] !== this.mine) {
      removeEventListener("pagehide", this.release);
      return false;
    }
    // A page that is gone renews nothing, and its lease runs out.
    this.renewal = setInterval(() => {
      if (this.free() || this.read()[1] === this.mine) return this.write();
      clearInterval(this.renewal);
      return lost();
    }, RENEW);
    return true;
  }

  release() {
    clearInterval(this.renewal);
    removeEventListener("pagehide", this.release);
    if (this.read()[1] === this.mine) localStorage.removeItem(this.key);
  }
}

// Do the work if no other tab is at it; otherwise give undefined at once.
export async function exclusively(name, work) {
  if (navigator.locks) {
    return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  }
  const lease = new Lease(name);
  if (!(await lease.take())) return undefined;
  try {
    return await work();
  } finally {
    lease.release();
  }
}

// Hold a name for as long as this page lives. Gives whether it is held; `changed` is called when that changes later:
// another tab has let go of it, or (without Web Locks) another took it while this one slept.
export async function holdOn(name, changed) {
  if (!navigator.locks) return leaseOn(name, changed);
  const take = (options) =>
    new Promise((resolve, reject) => {
      const held = (lock) => {
        resolve(Boolean(lock));
        return lock ? new Promise(() => {}) : undefined;
      };
      navigator.locks.request(name, options, held).catch(reject);
    });
  if (await take({ ifAvailable: true })) return true;
  await pause(PATIENCE);
  if (await take({ ifAvailable: true })) return true;
  take({ ifAvailable: false }).then(changed);
  return false;
}

async function leaseOn(name, changed) {
  const lease = new Lease(name);
  if (await lease.take(changed)) return true;
  const again = setInterval(async () => {
    if (!(await lease.take(changed))) return;
    clearInterval(again);
    changed();
  }, RENEW / 2);
  return false;
}
