// Asks before leaving a form in which something was typed and not saved.
document.querySelectorAll("form[data-unsaved]").forEach((form) => {
  let dirty = false;
  const warn = (event) => dirty && event.preventDefault();
  form.addEventListener("input", () => { dirty = true; });
  document.querySelectorAll("form").forEach((each) => each.addEventListener("submit", () => { dirty = false; }));
  window.addEventListener("beforeunload", warn);
});
