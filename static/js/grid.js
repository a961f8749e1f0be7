// The table of the annex by keyboard and mouse: choose a row, type in it, move it, paste rows. Without this file every
// row's title leads to its own page, and the buttons below the table send pages.
(() => {
  const wide = matchMedia("(min-width: 900px)");
  const table = () => document.getElementById("annex");
  const rows = () => [...table().querySelectorAll("tr[data-edit], tr.is-edit")];
  const opened = () => table().querySelector("tr.is-edit");
  let goOn = false; // after the next save the row below is wanted

  // Choosing

  function choose(row) {
    for (const each of table().querySelectorAll("tr[data-edit]")) each.tabIndex = each === row ? 0 : -1;
    row?.focus();
  }

  function ready() {
    const all = rows().filter((row) => row.dataset.edit);
    if (all.length && !all.some((row) => row.tabIndex === 0)) all[0].tabIndex = 0;
  }

  function beside(row, step) {
    const all = rows();
    return all[all.indexOf(row) + step];
  }

  // Typing in a row

  async function close() {
    const row = opened();
    if (!row) return true;
    const form = row.querySelector("form");
    if (!form.matches("[data-autosave]")) return false; // two versions wait for a decision
    if (!(await window.autosave.flush(form))) return false;
    await window.htmx.ajax("GET", row.dataset.read, { target: row, swap: "outerHTML" });
    return true;
  }

  // The row one types in has an id of its own: under the same one htmx would show it as the row it replaces for a moment.
  async function edit(row, name = "title") {
    if (!wide.matches || !row.dataset.edit) return;
    const id = row.id;
    if (opened() && !(await close())) return;
    await window.htmx.ajax("GET", row.dataset.edit, { target: `#${id}`, swap: "outerHTML" });
    window.htmx.process(opened()); // at once: quick fingers save before htmx has settled
    const input = document.getElementById(`id_${name}`);
    input?.focus();
    if (name === "title") input?.setSelectionRange(input.value.length, input.value.length);
  }

  async function move(row, way) {
    const button = row.querySelector(`button[hx-vals*='"${way}"]`);
    if (button) return button.click();
    const address = row.dataset.edit.replace(/row\/$/, "move/");
    await window.htmx.ajax("POST", address, { target: "#annex", swap: "outerHTML", values: { way } });
  }

  // A click that asks for no other tab or window; Enter on a link is one too.
  const isPlain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  // Keys

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("#annex tr");
    if (!row) return;
    const isTyping = row.matches(".is-edit");
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && (isTyping || row.dataset.edit)) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? "up" : "down");
    } else if (isTyping) {
      keyInForm(event, row);
    } else if (event.target === row && row.dataset.edit) {
      keyOnRow(event, row);
    }
  });

  function keyInForm(event, row) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const save = row.querySelector("[data-save]");
      if (!save) return;
      event.preventDefault();
      goOn = true;
      row.querySelector("form").requestSubmit(save);
    } else if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      row.querySelector("[data-discard]")?.click();
    }
  }

  function keyOnRow(event, row) {
    const all = rows().filter((each) => each.dataset.edit);
    const to = { ArrowUp: beside(row, -1), ArrowDown: beside(row, 1), Home: all[0], End: all.at(-1) }[event.key];
    if (event.key === "Enter") edit(row);
    else if (event.key === "ArrowDown" && !to) document.getElementById("grid-add")?.focus();
    else if (to?.dataset.edit) choose(to);
    else if (!["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("#annex tr[data-edit]");
    const link = row && wide.matches && isPlain(event) && event.target.closest("a[data-in-place]");
    if (link) {
      event.preventDefault();
      edit(row, link.dataset.inPlace || "title");
    } else if (row && !event.target.closest("a, button, input") && !String(getSelection())) edit(row);
    if (event.target.closest("[data-drop-pasted]")) {
      event.preventDefault();
      document.getElementById("pasted").replaceChildren();
      document.getElementById("grid-add")?.focus();
    }
  });

  // Adding and pasting

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "grid-add" || event.key !== "ArrowUp") return;
    const last = rows().filter((row) => row.dataset.edit).at(-1);
    if (last) event.preventDefault();
    choose(last);
  });

  document.addEventListener("paste", (event) => {
    const isPlace = event.target.id === "grid-add" || event.target.matches?.("#annex tr[data-edit]");
    const text = event.clipboardData.getData("text");
    if (!isPlace || !/[\n\t]/.test(text.trim())) return;
    event.preventDefault();
    const form = table().querySelector("[data-add]");
    const values = { text, group: form.elements.group?.value ?? "" };
    window.htmx.ajax("POST", form.dataset.paste, { target: "#pasted", swap: "outerHTML", values });
  });

  // A row that was sent twice because the line was slow is added once.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("[data-add]")) event.detail.parameters.key = crypto.randomUUID?.() ?? String(Math.random());
  });

  // After an answer

  // The focus follows the row, unless the person has gone on elsewhere meanwhile.
  document.body.addEventListener("grid:focus", ({ detail }) => {
    ready();
    const at = document.activeElement;
    const row = detail.row && document.getElementById(`activity-${detail.row}`);
    const next = goOn && row ? beside(row, 1) ?? document.getElementById("grid-add") : row;
    goOn = false;
    if (!next || (at !== document.body && at.id !== "grid-add")) return;
    if (next.matches("tr")) choose(next);
    else next.focus();
    if (detail.edit) edit(next, "lead");
  });

  function refused(sentence = "") {
    const place = document.getElementById("grid-refused");
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  // A refusal with a sentence is said beside the table; django-htmx would show it as a page where DEBUG is on.
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("Content-Type") === "application/json") event.stopPropagation();
  });

  document.addEventListener("htmx:responseError", ({ detail }) => {
    goOn = false;
    let sentence = "";
    try { sentence = JSON.parse(detail.xhr.responseText).sentence; } catch { /* a page, not a sentence */ }
    refused(sentence || document.querySelector("[data-autosave-says]")?.dataset.offline);
  });
  document.addEventListener("htmx:sendError", () => {
    goOn = false;
    refused(document.querySelector("[data-autosave-says]")?.dataset.offline);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) refused(); });
  document.addEventListener("htmx:afterSettle", () => {
    ready();
    document.querySelector("#annex .conflict [autofocus]")?.focus();
  });

  for (const keys of document.querySelectorAll("[data-keys]")) keys.hidden = false;
  ready();
})();
