// Chips with a type-ahead over a field of many values. Without this file the field itself is filled in.
//
//   <textarea name="lead" data-parties="/where/to/ask/" data-tokens='[{"value": "@a12", "label": "…", "kind": "agency", "sub": ""}]'>
//       names, separated by semicolons; suggestions come from data-parties?q=…; posted is a token a line: "@a12|Sở Nội vụ",
//       or the words as typed, which the server reads as names
//   <select multiple data-chips>   its own options are the suggestions, <optgroup> their headings
//
// Both may have data-remove ("Remove", said before a chip's name) and placeholder. The field stays in the form, hidden;
// it dispatches `input` and `change` when its value changes, and follows `autosave:restored` of its form.
(() => {
  const FIELDS = "textarea[data-parties], select[multiple][data-chips]";
  const PAUSE = 150;
  const MOST = 60;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();

  function make(tag, attributes = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  }

  // What a field of names holds, and what it offers

  class Names {
    constructor(field) {
      this.field = field;
      this.isFree = true;
      this.tokens = field.value === field.defaultValue ? JSON.parse(field.dataset.tokens || "[]") : this.read();
      this.write();
    }

    read() {
      return this.field.value.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
        if (line.startsWith("@=")) return { value: line, label: line.slice(2), kind: "words" };
        const [value, ...words] = line.split("|");
        return line.startsWith("@") ? { value, label: words.join("|"), kind: value[1] === "a" ? "agency" : "group" } : { value: line, label: line, kind: "words" };
      });
    }

    write() {
      const line = ({ value, label }) => (/^@[ag]/.test(value) ? `${value}|${label}` : value);
      this.field.value = this.tokens.map(line).join("\n");
    }

    restore() { this.tokens = this.read(); }

    add(token) {
      if (!this.tokens.some(({ value }) => value === token.value)) this.tokens.push(token);
      this.write();
    }

    remove(token) {
      this.tokens = this.tokens.filter((each) => each !== token);
      this.write();
    }

    async offer(words) {
      this.asking?.abort();
      this.asking = new AbortController();
      if (!words) return null;
      const address = new URL(this.field.dataset.parties, location.href);
      address.searchParams.set("q", words);
      const answer = await fetch(address, { signal: this.asking.signal });
      if (!answer.ok || answer.redirected) return null;
      const place = document.createElement("template");
      place.innerHTML = await answer.text();
      return place.content.firstElementChild;
    }
  }

  // The same of a choice among options

  class Options {
    constructor(field) { this.field = field; }

    get tokens() {
      return [...this.field.selectedOptions].map((option) => ({ value: option.value, label: option.label, kind: "", option }));
    }

    restore() {}

    add({ value }) { this.put(value, true); }

    remove({ value }) { this.put(value, false); }

    put(value, isChosen) {
      for (const option of this.field.options) if (option.value === value) option.selected = isChosen;
    }

    async offer(words) {
      const typed = plain(words).split(/\s+/).filter(Boolean);
      const list = make("div");
      let heading = null;
      const fitting = [...this.field.options].filter((option) => typed.every((word) => plain(option.label).includes(word)));
      for (const option of fitting.slice(0, MOST)) {
        const group = option.parentElement.label;
        if (group && group !== heading) list.append(make("span", { class: "pop-k", "aria-hidden": "true" }, group));
        heading = group;
        const line = make("div", { class: "opt", role: "option", "aria-selected": "false", "data-value": option.value, "data-label": option.label });
        line.append(make("span", { class: "t" }, option.label));
        list.append(line);
      }
      if (!fitting.length) list.append(make("div", { class: "opt", role: "option", "aria-disabled": "true" }, this.field.dataset.none ?? ""));
      return fitting.length || this.field.dataset.none ? list : null;
    }
  }

  // The box around it: chips, an input, a list (combobox of the ARIA patterns)

  function enhance(field) {
    if (field.dataset.enhanced) return;
    field.dataset.enhanced = "1";
    const source = field.matches("select") ? new Options(field) : new Names(field);
    const id = field.id;
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    field.id = `${id}_posted`;
    field.hidden = true;
    const input = make("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-haspopup": "listbox", "aria-controls": `${id}_list`, placeholder: field.getAttribute("placeholder") ?? "",
    });
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
    }
    const tokens = make("span", { class: "tokens" }, input);
    const list = make("div", { role: "listbox", id: `${id}_list`, "aria-label": label?.textContent.trim() ?? "" });
    const pop = make("div", { class: "pop" }, list);
    const said = make("span", { class: "visually-hidden", role: "status" });
    pop.hidden = true;
    const box = make("span", { class: "has-pop" }, tokens, pop, said);
    field.after(box);

    let active = null;
    let timer = null;
    let asked = 0;

    const options = () => [...list.querySelectorAll('[role="option"]:not([aria-disabled])')];
    const isOpen = () => !pop.hidden;
    const changed = () => ["input", "change"].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })));

    function draw() {
      tokens.querySelectorAll(".chip").forEach((chip) => chip.remove());
      for (const token of source.tokens) {
        const words = make("span", { title: token.sub || token.label }, token.label);
        const cross = make("button", { type: "button", tabindex: "-1", "aria-label": `${field.dataset.remove ?? ""} ${token.label}`.trim() }, "×");
        const chip = make("span", { class: "chip" }, words, cross);
        if (token.kind === "words") chip.classList.add("is-unk");
        else if (token.sub) chip.classList.add("is-bad");
        cross.addEventListener("click", () => { drop(token); input.focus(); });
        cross.addEventListener("keydown", (event) => moveAmongChips(event, cross, token));
        input.before(chip);
      }
      input.placeholder = source.tokens.length && field.matches("textarea") ? "" : field.getAttribute("placeholder") ?? "";
    }

    function take(token) {
      source.add(token);
      input.value = "";
      close();
      draw();
      changed();
    }

    function drop(token) {
      source.remove(token);
      draw();
      changed();
    }

    function choose(option) {
      const { value, label: words, kind } = option.dataset;
      take({ value, label: words, kind: kind ?? "", sub: "" });
    }

    function moveAmongChips(event, cross, token) {
      const crosses = [...tokens.querySelectorAll("button")];
      const place = crosses.indexOf(cross);
      if (event.key === "ArrowLeft") (crosses[place - 1] ?? cross).focus();
      else if (event.key === "ArrowRight") (crosses[place + 1] ?? input).focus();
      else if (["Delete", "Backspace"].includes(event.key)) { drop(token); input.focus(); }
      else return;
      event.preventDefault();
    }

    function activate(option) {
      active?.setAttribute("aria-selected", "false");
      active = option;
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    function close() {
      clearTimeout(timer);
      asked += 1;
      pop.hidden = true;
      activate(null);
      input.setAttribute("aria-expanded", "false");
    }

    async function open() {
      clearTimeout(timer);
      const turn = ++asked;
      let found;
      try {
        found = await source.offer(input.value.trim());
      } catch {
        return; // asked again meanwhile, or no connection: what is typed stays
      }
      if (turn !== asked || !box.isConnected) return;
      list.replaceChildren(...(found ? [found] : []));
      const chosen = new Set(source.tokens.map(({ value }) => value));
      list.querySelectorAll('[role="option"]').forEach((option, place) => {
        option.id = `${id}_option_${place}`;
        if (chosen.has(option.dataset.value)) option.setAttribute("aria-disabled", "true");
      });
      pop.hidden = !list.querySelector('[role="option"]');
      input.setAttribute("aria-expanded", String(isOpen()));
      said.textContent = found?.dataset.said ?? "";
      const best = list.querySelector('[role="option"]'); // where it is chosen already, nothing else is meant
      activate(input.value.trim() && !best?.hasAttribute("aria-disabled") ? best : null);
      if (isOpen()) pop.scrollIntoView({ block: "nearest" });
    }

    // Words that were not chosen from the list are kept: the server reads them as names.
    function keepWords() {
      const words = input.value.trim();
      if (!words) return;
      if (!source.isFree) {
        input.value = "";
        return;
      }
      const exact = options().find((option) => plain(option.dataset.label) === plain(words));
      if (exact && isOpen()) return choose(exact);
      for (const name of words.split(/[;\n]+/).map((each) => each.trim()).filter(Boolean)) source.add({ value: name, label: name, kind: "words", sub: "" });
      take({ value: source.tokens.at(-1).value });
    }

    function step(by) {
      const all = options();
      if (!all.length) return;
      const place = all.indexOf(active);
      activate(all[(place + by + all.length) % all.length] ?? all[0]);
    }

    input.addEventListener("input", (event) => {
      event.stopPropagation(); // words not yet chosen are not the field's value
      clearTimeout(timer);
      if (!input.value.trim()) return close();
      timer = setTimeout(open, PAUSE);
    });

    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.altKey) return;
      const { key } = event;
      if (key === "ArrowDown" || key === "ArrowUp") {
        if (isOpen()) step(key === "ArrowDown" ? 1 : -1);
        else open();
      } else if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
        if (isOpen() && active) choose(active);
        else keepWords();
        return;
      } else if (key === "Enter" || key === ";") {
        if (!input.value.trim() && !(isOpen() && active)) {
          if (key === "Enter") event.preventDefault(); // an empty box does not send the form
          return;
        }
        if (isOpen() && active) choose(active);
        else if (source.isFree) keepWords(); // of a list without them they stay to be corrected
      } else if (key === "Tab") {
        if (isOpen() && active && input.value.trim()) choose(active);
        return;
      } else if (key === "Escape" && (isOpen() || input.value)) {
        if (isOpen()) close();
        else input.value = "";
        event.stopPropagation();
      } else if (key === "Backspace" && !input.value && source.tokens.length) {
        drop(source.tokens.at(-1));
      } else if (key === "ArrowLeft" && !input.value) {
        tokens.querySelector(".chip:nth-last-of-type(1) button")?.focus();
        [...tokens.querySelectorAll("button")].at(-1)?.focus();
      } else {
        return;
      }
      event.preventDefault();
    });

    input.addEventListener("paste", (event) => {
      const words = event.clipboardData.getData("text");
      if (!source.isFree || !/[;\n]/.test(words)) return;
      event.preventDefault();
      input.value = words;
      keepWords();
    });

    input.addEventListener("click", () => { if (!source.isFree && !isOpen()) open(); });
    tokens.addEventListener("click", (event) => { if (event.target === tokens) input.focus(); });
    box.addEventListener("focusout", (event) => {
      if (box.contains(event.relatedTarget)) return;
      keepWords();
      close();
    });
    pop.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
    pop.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]:not([aria-disabled])');
      if (!option) return;
      choose(option);
      input.focus();
    });
    field.form?.addEventListener("submit", keepWords, true);
    field.form?.addEventListener("autosave:restored", () => { source.restore(); draw(); });
    draw();
  }

  const look = (root) => {
    if (root.matches?.(FIELDS)) enhance(root);
    root.querySelectorAll?.(FIELDS).forEach(enhance);
  };
  look(document);
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(look))).observe(document.documentElement, { childList: true, subtree: true });
})();
