// The last change is not on disk: say so plainly, say what helps, and don't let the page go without a question.

import { byId, make, notice } from "./elements.js";
import { isFull } from "./room.js";

const stay = (event) => {
  event.preventDefault();
  event.returnValue = ""; // browsers before the standard
};

// `finishing`: the draft is kept, but there is no room for the report.
export function sayUnsaved(fault, { say, language, finishing }) {
  notice(isFull(fault) ? say(finishing ? "full_finish" : "full") : say("not_saved", { reason: fault.message || fault.name }));
  if (isFull(fault)) {
    // In a tab of its own: leaving this page would lose what is not saved.
    byId("notice").append(" ", make("a", { href: `/o/${language}/hand-over`, target: "_blank", rel: "noopener" }, say("full_hand_over")));
  }
  if (finishing) return;
  byId("saved").textContent = say("unsaved");
  addEventListener("beforeunload", stay);
}

export const letLeave = () => removeEventListener("beforeunload", stay);
