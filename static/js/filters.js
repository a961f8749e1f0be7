// A filter applies as soon as a choice is made; without this file its button does it.
for (const form of document.querySelectorAll("form.filters")) {
  if (!form.querySelector("input[type=search], input[type=text]")) form.querySelector("button")?.setAttribute("hidden", "");
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
}

// A long list of boxes can be narrowed by words; accents do not matter.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

for (const list of document.querySelectorAll(".checklist")) {
  const words = list.querySelector(".checklist-find");
  if (!words) continue;
  words.hidden = false;
  words.addEventListener("input", () => {
    for (const option of list.querySelectorAll(".form-check")) {
      option.hidden = !fold(option.textContent).includes(fold(words.value.trim()));
    }
  });
}
