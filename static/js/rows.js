// Rows of a plan by keyboard and by hand: lifted and moved with the grip, written one after the other, undone.
// Without this file the same buttons submit, each with a full page.
(() => {
  const said = () => document.getElementById("said");
  const say = (words) => { if (said()) said().textContent = words; };
  const fill = (words, values) => words.replace(/{(\w+)}/g, (_match, name) => values[name]);
  const openParts = () => [...document.querySelectorAll(".part.is-open")];
  const press = (form, value) => form.querySelector(`button[name=then][value=${value}]`).click();

  // Moving: the row travels among those of its level, its sub-rows behind it; nothing is written before it is dropped.

  let lifted = null; // {row, list, order: rows as they stood, pointer}

  const rowsOf = (list) => [...list.children].filter((row) => row.dataset.pk);
  const besideOf = (list, row) => rowsOf(list).filter((each) => each.dataset.parent === row.dataset.parent);
  const block = (list, row) => [row, ...rowsOf(list).filter((each) => each.dataset.parent === row.dataset.pk)];

  function tell(name, list, row) {
    const beside = besideOf(list, row);
    say(fill(list.dataset[name], { place: beside.indexOf(row) + 1, count: beside.length }));
    const way = row.querySelector("[data-way]");
    if (way) way.textContent = fill(list.dataset.way, { from: lifted.labels[lifted.from], to: lifted.labels[beside.indexOf(row)] });
  }

  const labelOf = (row) => row.querySelector(".n").textContent.trim();

  function lift(row) {
    const list = row.closest("[data-rows]");
    const beside = besideOf(list, row);
    lifted = { row, list, order: [...list.children], labels: beside.map(labelOf), from: beside.indexOf(row) };
    row.classList.add("is-moving");
    row.append(list.parentElement.querySelector("[data-moving]").content.cloneNode(true));
    row.querySelector("[data-grip]").setAttribute("aria-pressed", "true");
    tell("lifted", list, row);
  }

  function step(by) {
    const { row, list } = lifted;
    const beside = besideOf(list, row);
    const other = beside[beside.indexOf(row) + by];
    if (!other) return;
    const grip = document.activeElement;
    if (by < 0) other.before(...block(list, row));
    else block(list, other).at(-1).after(...block(list, row));
    grip.focus();
    tell("moved", list, row);
  }

  function letGo() {
    lifted.row.classList.remove("is-moving");
    lifted.row.querySelector(".wide").remove();
    lifted.row.querySelector("[data-grip]").removeAttribute("aria-pressed");
    const was = lifted;
    lifted = null;
    return was;
  }

  function putBack() {
    if (!lifted) return;
    const { row, list, order } = letGo();
    list.append(...order);
    tell("returned", list, row);
  }

  function drop() {
    const { row, list, order } = letGo();
    if (order.every((each, place) => each === list.children[place])) return;
    tell("dropped", list, row);
    const to = besideOf(list, row).indexOf(row) + 1;
    row.querySelector("[data-grip]").focus();
    window.htmx.ajax("POST", row.dataset.move, {
      source: row, target: row.closest(".part"), swap: "outerHTML show:none", values: { to },
    });
  }

  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip) return;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (lifted) drop();
      else lift(grip.closest("[data-row]"));
    } else if (lifted && by) {
      event.preventDefault();
      step(by);
    } else if (lifted && event.key === "Escape") {
      event.stopPropagation();
      putBack();
      grip.focus();
    } else if (event.altKey && by) {
      event.preventDefault();
      lift(grip.closest("[data-row]"));
      step(by);
      drop();
    }
  });

  document.addEventListener("focusout", (event) => {
    if (!lifted || lifted.pointer) return;
    setTimeout(() => { if (lifted && !lifted.row.contains(document.activeElement)) putBack(); });
  });

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.focus();
    grip.setPointerCapture(event.pointerId);
    lift(grip.closest("[data-row]"));
    lifted.pointer = event.pointerId;
  });

  document.addEventListener("pointermove", (event) => {
    if (lifted?.pointer !== event.pointerId) return;
    const beside = besideOf(lifted.list, lifted.row);
    const at = beside.indexOf(lifted.row);
    const middle = (row) => { const box = row.getBoundingClientRect(); return box.top + box.height / 2; };
    if (beside[at - 1] && event.clientY < middle(beside[at - 1])) step(-1);
    else if (beside[at + 1] && event.clientY > middle(beside[at + 1])) step(1);
  });

  document.addEventListener("pointerup", (event) => { if (lifted?.pointer === event.pointerId) drop(); });
  document.addEventListener("pointercancel", (event) => { if (lifted?.pointer === event.pointerId) putBack(); });

  // Writing

  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.isComposing || event.defaultPrevented || !form) return;
    const isEnter = event.key === "Enter" && !event.shiftKey && !event.altKey;
    const isCommand = event.ctrlKey || event.metaKey;
    if (form.matches("[data-paste]") && isEnter && isCommand) {
      event.preventDefault();
      (form.querySelector("button[value=add]") ?? form.querySelector("button[value=look]")).click();
    }
    if (!form.matches(".row-form")) return;
    if (isEnter && (isCommand || (event.target.name === "text" && "oneLine" in form.dataset))) {
      event.preventDefault();
      if (isEmptyNew(form)) close(form);
      else writeOn(form);
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && form.querySelector("button[value=up]")) {
      event.preventDefault();
      press(form, event.key === "ArrowUp" ? "up" : "down");
    } else if (event.key === "Escape") {
      event.preventDefault();
      close(form);
    }
  });

  // The next row comes with the answer; what is typed until then belongs to it.

  let ahead = null; // {text: the field, sent: its words when they were sent, more: those typed since}

  function writeOn(form) {
    if (ahead) return;
    ahead = { text: form.elements.text, sent: form.elements.text.value, more: "" };
    press(form, "new");
  }

  document.addEventListener("htmx:beforeSwap", () => {
    if (ahead?.text.value.startsWith(ahead.sent)) ahead.more = ahead.text.value.slice(ahead.sent.length);
  });

  document.addEventListener("htmx:afterRequest", (event) => { if (!event.detail.successful) ahead = null; });

  const isEmptyNew = (form) => form.elements.key && !form.elements.text.value.trim();
  const close = (form) => form.querySelector("a[data-discard]").click();

  // Undo: in a field that was not touched, or outside any, Ctrl+Z takes back the last act in the part

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    const field = event.target.closest?.("input, textarea, select");
    if (field && field.value !== field.defaultValue) return;
    const part = event.target.closest?.(".part") ?? openParts()[0];
    const undo = part?.querySelector("[data-undo]");
    if (!undo) return;
    event.preventDefault();
    undo.requestSubmit();
  });

  // Where one stands: in the row that is open, also when the page comes with it

  document.querySelector(".workspace .row-form [name=text]")?.focus({ preventScroll: Boolean(location.hash) });

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.target.closest?.(".part");
    if (!part) return;
    hideRefusal();
    const text = part.querySelector(".row-form [name=text]");
    if (text && ahead?.more) {
      text.value = ahead.more;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    ahead = null;
    if (part.contains(document.activeElement)) return;
    if (text) {
      text.focus({ preventScroll: true });
      text.setSelectionRange(text.value.length, text.value.length);
      text.scrollIntoView({ block: "nearest" });
    } else {
      const link = document.getElementById(left)?.querySelector(".tools a") ?? part.querySelector("[data-add]");
      (part.querySelector("[autofocus]") ?? link ?? part.querySelector("h2 ~ a"))?.focus({ preventScroll: true });
    }
  });

  // The row one leaves: back on its pencil afterwards

  let left = "";

  document.addEventListener("htmx:beforeRequest", (event) => {
    left = event.detail.elt.closest?.("[data-row]")?.id ?? "";
  });

  document.addEventListener("autosave:saved", (event) => {
    const place = event.target.closest(".part")?.querySelector("[data-part-saved]");
    if (place) place.textContent = event.detail.saved;
  });

  // Pasted lines that were kept are understood again

  document.addEventListener("autosave:restored", (event) => {
    event.target.querySelector("[name=lines]")?.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What was not done, and why

  const refusal = () => document.getElementById("refused");

  function refuse(sentence) {
    const place = refusal();
    if (!place) return;
    place.textContent = sentence;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }

  function hideRefusal() {
    if (refusal()) refusal().hidden = true;
  }

  const isOfPart = (event) => Boolean(event.detail.elt.closest?.(".part")); // what refreshes itself beside it has nothing to say

  document.addEventListener("htmx:responseError", (event) => {
    if (!isOfPart(event)) return;
    let sentence = "";
    try { sentence = JSON.parse(event.detail.xhr.responseText).sentence; } catch { /* a page, not a sentence */ }
    refuse(sentence || refusal()?.dataset.offline || "");
  });

  document.addEventListener("htmx:sendError", (event) => { if (isOfPart(event)) refuse(refusal()?.dataset.offline ?? ""); });
})();
