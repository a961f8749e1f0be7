// Asks before leaving a form in which something was typed and not saved; saving this very form does not ask.
document.querySelectorAll("form[data-unsaved]").forEach((form) => {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => dirty && event.preventDefault());
});
