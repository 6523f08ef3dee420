// One request to the intake, and what its reply means. The table is a pure function.

// Milliseconds, and one more for each byte: a line of 2G may need minutes for a full request.
const PATIENCE = 60_000;

// Ask an address of the server for JSON; give {status, body}, status 0 when nothing readable came back.
export async function ask(address, { method = "POST", type = "application/json", token, body, patience = PATIENCE }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const response = await fetch(address, {
      method,
      headers: { "Content-Type": type, Authorization: `Bearer ${token}` },
      body,
      credentials: "omit",
      cache: "no-store",
      redirect: "error", // a portal's sign-in page is not an answer
      signal: stop.signal,
    });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: null };
    }
  } catch {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}

export function post(envelopes, token, address = "/api/submissions") {
  const body = JSON.stringify({ envelopes });
  return ask(address, { token, body, patience: PATIENCE + body.length });
}

const RECEIPTED = ["stored", "known", "quarantined"];
const REFUSED = ["conflict", "malformed"];

// What a reply means for the reports that were sent: a verdict for each that has one, and why to pause, if at all.
// A report without a verdict stays as it is. `pause` is null, "enrol", "smaller" or "later".
export function outcome(status, body, sent) {
  if (status === 401 || status === 403) return { verdicts: [], pause: "enrol" };
  if (status === 413) return { verdicts: [], pause: "smaller" };
  if (status !== 200 || !body || !Array.isArray(body.results)) return { verdicts: [], pause: "later" };
  const verdicts = [];
  for (const id of sent) {
    const result = body.results.find((candidate) => candidate && candidate.id === id);
    if (!result) continue;
    if (RECEIPTED.includes(result.status) && result.receipt) {
      verdicts.push({ id, to: "delivered", receipt: result.receipt, quarantined: result.status === "quarantined" });
    } else if (REFUSED.includes(result.status)) {
      const error = result.error || {};
      verdicts.push({ id, to: "attention", reason: error.code || result.status, message: error.message || "" });
    }
  }
  return { verdicts, pause: verdicts.length < sent.length ? "later" : null };
}

// How long to wait after the n-th failure in a row: doubling, never over five minutes, a little apart from other phones.
export function backOff(failures, random = Math.random()) {
  const seconds = Math.min(300, 2 ** Math.min(failures, 10));
  return Math.round(seconds * 1000 * (0.75 + random / 4));
}
