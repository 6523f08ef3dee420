// How much room the phone has, and whether the browser has promised to keep what is in it.

// Left free for answers: a photo that would take it is refused.
const RESERVE = 5_000_000;

// Ask the browser not to clear this store on its own. True, false, or null where it can't say.
export async function persist() {
  if (!navigator.storage || !navigator.storage.persist) return null;
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return null;
  }
}

// {usage, quota} in bytes and {persisted}; null for what this browser doesn't say.
export async function room() {
  const storage = navigator.storage || {};
  const ask = async (what) => {
    try {
      return storage[what] ? await storage[what]() : null;
    } catch {
      return null;
    }
  };
  const [found, persisted] = [await ask("estimate"), await ask("persisted")];
  return { usage: found ? found.usage : null, quota: found ? found.quota : null, persisted };
}

// Whether so many bytes more leave room for the answers. Where the browser doesn't say, the attempt will show.
export async function fits(bytes) {
  const { usage, quota } = await room();
  return quota === null || usage + bytes + RESERVE <= quota;
}

// Whether a change failed because it did not fit.
export const isFull = (fault) => fault.name === "QuotaExceededError";
