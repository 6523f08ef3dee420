// Rows of a repeated group: those with an answer, and one more on request; those that the mission lists are shown all.

export function showRows(form, answers) {
  for (const group of form.querySelectorAll("[data-repeat]")) {
    const rows = [...group.querySelectorAll(".row")];
    const filled = rows.map((row) => [...row.querySelectorAll("[data-question]")].some((each) => answers[each.dataset.question]));
    const add = group.querySelector("[data-add]");
    let shown = "fixed" in group.dataset ? rows.length : Math.max(1, filled.lastIndexOf(true) + 1);
    const draw = () => {
      rows.forEach((row, index) => { row.hidden = index >= shown; });
      add.hidden = shown >= rows.length;
    };
    add.addEventListener("click", () => {
      shown += 1;
      draw();
      rows[shown - 1].querySelector("legend").focus();
    });
    draw();
  }
}
