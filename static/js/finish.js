// A draft becomes a finished report: only what was asked, as typed values; then its envelope and its place in the queue.

import { sameDay, stamp } from "./clock.js";
import { identityOf, termsOf } from "./device.js";
import { commentKey } from "./fields.js";
import { makeEnvelope } from "./envelope.js";
import { name as namePhotos } from "./photos.js";
import { WAITING, visitFor } from "./queue.js";
import { among } from "./questions.js";
import { CannotSeal, keepsReadable, sealing } from "./seal.js";
import * as store from "./store.js";
import { answerOf, answered } from "./values.js";

// `said`: what else the observer said of the numbers, each a map that may be empty (`confirmed`, `again`).
export function contentOf(draft, questions, identity, finished, said = {}) {
  const answers = {};
  const comments = {};
  const overrides = {};
  for (const question of questions.asked) {
    const value = answerOf(draft.answers[question.name], question.type);
    if (value !== undefined) answers[question.name] = value;
    const about = commentKey(question.element);
    const remark = about && (draft.comments[about] || "").trim();
    if (remark) comments[about] = remark;
    const reason = (draft.overrides[question.name] || "").trim();
    if (reason) overrides[question.name] = reason;
  }
  return {
    location: draft.location,
    location_name: draft.location_name,
    team: identity.team,
    answers,
    comments,
    overrides,
    ...Object.fromEntries(Object.entries(said).filter((each) => Object.keys(each[1]).length)),
    started: draft.started,
    finished,
  };
}

export function isUrgent(draft, questions) {
  if (draft.stage === "incident") return true;
  return questions.asked.some((question) => {
    const raw = draft.answers[question.name];
    return answered(raw, question.type) && among(`${question.element.dataset.sendFirst || ""} ${question.element.dataset.callNow || ""}`, raw);
  });
}

// A correction goes under the identity that sent the report it corrects, as long as this phone has it.
async function signerOf(corrected, present) {
  return (corrected && (await identityOf(corrected.envelope.device))) || present;
}

// How the mission wants its reports sealed. What was sealed once is not corrected in the open because its mission's
// terms are gone from this phone.
async function sealFor(mission, corrected) {
  const terms = await termsOf(mission);
  if (!terms && corrected && corrected.envelope.sealed) throw new CannotSeal("no terms");
  return { terms, seal: await sealing(terms) };
}

// `known` as in Keeper: a draft that another tab has changed since is not finished here. Of a sealed report the phone
// keeps nothing that says what was answered: only what its lists show. Throws CannotSeal, and then nothing is finished.
export async function finish(draft, questions, present, known, said = {}) {
  const corrected = draft.supersedes && (await store.queuedOne(draft.supersedes));
  const identity = await signerOf(corrected, present);
  const { terms, seal } = await sealFor(identity.mission, corrected);
  const shown = questions.asked.filter((question) => question.type === "photo").map((question) => draft.answers[question.name]);
  const attachments = shown.some(Boolean) ? await namePhotos(draft, shown.filter(Boolean), identity.device) : [];
  const moment = new Date();
  const { answers, comments, overrides, confirmed, again } = draft;
  const record = {
    id: draft.id,
    checklist: draft.checklist,
    version: draft.version,
    stage: draft.stage,
    title: draft.title,
    visit: draft.visit,
    supersedes: draft.supersedes,
    location: draft.location,
    location_name: draft.location_name,
    started: draft.started,
    finished: moment.toISOString(),
    state: WAITING,
    urgent: isUrgent(draft, questions),
    raw: keepsReadable(terms, draft.stage) ? { answers, comments, overrides, confirmed, again } : null,
    receipt: null,
    reason: null,
    envelope: await makeEnvelope(draft, contentOf(draft, questions, identity, stamp(moment), { ...said, attachments }), identity, moment, seal),
  };
  await store.finishDraft(record, known);
  return record;
}

// The visit that is already open at this station, if this draft is the first of its checklist there.
export async function joinVisit(draft) {
  const others = [...(await store.drafts()), ...(await store.queued())];
  draft.visit = visitFor(draft, others, sameDay);
}
