// A filter applies as soon as a choice is made; without this file its button does it.
for (const form of document.querySelectorAll("form.filters")) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
}
