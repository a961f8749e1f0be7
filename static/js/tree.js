// Lines of the tree fold away under their heading; without this file all of them are there.
const lines = [...document.querySelectorAll(".tree tbody tr[data-level]")];

function below(line) {
  const from = lines.indexOf(line) + 1;
  const next = lines.slice(from).findIndex((each) => Number(each.dataset.level) <= Number(line.dataset.level));
  return lines.slice(from, next < 0 ? undefined : from + next);
}

function redraw() {
  for (const line of lines) line.hidden = false;
  for (const line of lines) {
    if (line.dataset.folded === "true") for (const each of below(line)) each.hidden = true;
  }
}

for (const line of lines) {
  if (!("folds" in line.dataset)) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fold-btn";
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-label", line.querySelector("th").innerText.split("\n")[0]);
  button.addEventListener("click", () => {
    const folded = line.dataset.folded !== "true";
    line.dataset.folded = String(folded);
    button.setAttribute("aria-expanded", String(!folded));
    redraw();
  });
  line.querySelector("th").prepend(button);
}
