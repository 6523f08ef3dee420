// A draft becomes a finished report: only what was asked, as typed values; then its envelope and its place in the queue.

import { sameDay, stamp } from "./clock.js";
import { identityOf } from "./device.js";
import { commentKey } from "./fields.js";
import { makeEnvelope } from "./envelope.js";
import { WAITING, visitFor } from "./queue.js";
import { among } from "./questions.js";
import * as store from "./store.js";
import { answerOf, answered } from "./values.js";

export function contentOf(draft, questions, identity, finished) {
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
async function signerOf(draft, present) {
  const corrected = draft.supersedes && (await store.queuedOne(draft.supersedes));
  return (corrected && (await identityOf(corrected.envelope.device))) || present;
}

// `known` as in Keeper: a draft that another tab has changed since is not finished here.
export async function finish(draft, questions, present, known) {
  const identity = await signerOf(draft, present);
  const moment = new Date();
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
    raw: { answers: draft.answers, comments: draft.comments, overrides: draft.overrides },
    receipt: null,
    reason: null,
    envelope: await makeEnvelope(draft, contentOf(draft, questions, identity, stamp(moment)), identity, moment),
  };
  await store.finishDraft(record, known);
  return record;
}

// The visit that is already open at this station, if this draft is the first of its checklist there.
export async function joinVisit(draft) {
  const others = [...(await store.drafts()), ...(await store.queued())];
  draft.visit = visitFor(draft, others, sameDay);
}
