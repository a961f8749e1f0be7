// Review by keyboard: Alt+Up and Alt+Down for the one before and the next, Alt+Enter approves, Alt+R goes to the return.
// Usual reasons fill the words and take them out again. A decision that would leave out what was written asks first.
// Without this file every button and link still works.
(() => {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.repeat || event.ctrlKey || event.metaKey || event.target.matches?.("select")) return;
    const link = document.querySelector(`[data-key="${event.key}"]`);
    const approve = event.key === "Enter" && document.querySelector("[data-approve]");
    const words = event.key.toLowerCase() === "r" && document.querySelector("#return textarea");
    if (link ?? (approve || words)) event.preventDefault();
    if (link) link.click();
    else if (approve) approve.click();
    else if (words) words.focus();
  });

  const form = document.querySelector("form#return");
  form?.addEventListener("change", (event) => {
    const words = event.target.dataset.words;
    const box = form.elements.reason;
    if (words === undefined) return;
    if (!words && event.target.checked) box.focus();
    const lines = box.value.split("\n").filter((line) => line.trim() && line.trim() !== words);
    if (words && event.target.checked) lines.push(words);
    box.value = lines.join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What was written and does not go with this decision.
  function leftOut(decision) {
    const boxes = [...document.querySelectorAll("form[data-remark] [name=text]")];
    if (decision !== form && form) boxes.unshift(form.elements.reason);
    return boxes.find((box) => box.value.trim());
  }

  document.addEventListener("submit", (event) => {
    const left = event.target.dataset.asks && leftOut(event.target);
    if (left && !window.confirm(`${event.target.dataset.asks}\n\n“${left.value.trim()}”`)) {
      event.preventDefault();
      left.closest("details")?.setAttribute("open", "");
      left.focus();
    } else if (event.target === form) {
      // The server adds what is ticked and not in the words: with this file the words are complete as they stand.
      for (const box of form.querySelectorAll("[data-words]")) box.disabled = true;
    }
  });

  // A remark that came back from this device is in sight.
  document.addEventListener("autosave:restored", (event) => {
    event.target.closest("details")?.setAttribute("open", "");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const remark = event.target.closest?.("[data-remark]");
    if (remark && event.detail.successful) remark.reset();
  });

  // What was taken back or decided while this page was on its way is not reviewed here: the page is asked for again.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.target.matches?.("[data-begin]")) location.reload();
  });

  for (const choice of document.querySelectorAll("#open-one")) {
    choice.form.querySelector("button").hidden = true;
    choice.addEventListener("change", () => choice.form.requestSubmit());
  }

  // The list scrolls by itself: the open one is in sight, the page stays where it is.
  const here = document.querySelector(".queue .pick [aria-current]");
  const list = here?.closest(".pick");
  if (list) list.scrollTop = here.offsetTop - list.offsetTop - list.clientHeight / 3;
})();
