// The update as one page: what autosave.js saves is said in one place, the list follows, files are dropped in.
// Without this file every activity has a button that saves it, and files are sent by a form.
//
//   [data-place]            a part of the page: Alt+↑ and Alt+↓ go from one to the next, the list marks where one is
//   [data-part="name"]      filled from the answer to a save: {"html": {name: …}, "text": {name: …}}
//   [data-copy-to="id"]     a button that puts its data-value into that field, after what stands there
//   [data-line]             a line's form: a ticked "na_x" empties and closes the number x
//   form[data-send], form[data-after-saving]    wait until everything typed is saved
//   [data-evidence]         form[data-drop] takes files; [data-uploads] says how far they are; [data-items] lists them
(() => {
  const says = document.querySelector("[data-sheet-says]")?.dataset;
  if (!says) return;
  document.querySelector("[data-autosave-says]").dataset.kept = says.kept; // said after a refusal
  const places = [...document.querySelectorAll("[data-place]")];
  const send = document.querySelector("form[data-send]");
  const saved = document.querySelector("[data-sheet-saved]");
  const offlineNote = document.querySelector("[data-offline-note]");
  const unsaved = new Set(); // forms of which something is not saved
  let isLoggedOut = false;
  const unchosen = () => document.querySelector(".sheet .conflict");
  const clock = () => new Date().toTimeString().slice(0, 5);

  // What is saved

  // Two versions of which none is chosen are said whatever else there is to say.
  function tell(words, isBad = false, link = null) {
    const choice = unchosen();
    saved.textContent = choice ? "" : words;
    if (choice) saved.append(linkTo(`#${choice.id}`, says.unchosen));
    else if (link) saved.append(" ", link);
    saved.classList.toggle("c-bad", isBad || Boolean(choice));
    for (const place of send.querySelectorAll("[data-part=missing]")) place.hidden = Boolean(choice);
  }

  function linkTo(address, words, isElsewhere = false) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = words;
    if (isElsewhere) link.target = "_blank";
    return link;
  }

  function tellLoggedOut() {
    isLoggedOut = true;
    setOffline(false);
    tell(says.loggedOut, true, linkTo(says.login, says.logIn, true));
  }

  function setOffline(isOffline) {
    offlineNote.hidden = !isOffline;
    send.querySelector("button").disabled = isOffline;
    if (isOffline) tell(`${says.onDevice} ${clock()}`, true);
  }

  function follow(answer) {
    for (const [name, html] of Object.entries(answer.html ?? {})) {
      for (const place of document.querySelectorAll(`[data-part="${name}"]`)) place.innerHTML = html;
    }
    for (const [name, text] of Object.entries(answer.text ?? {})) {
      for (const place of document.querySelectorAll(`[data-part="${name}"]`)) place.textContent = text;
    }
  }

  document.addEventListener("input", (event) => {
    if (!event.target.form?.matches("[data-autosave]")) return;
    unsaved.add(event.target.form);
    if (!offlineNote.hidden) tell(`${says.onDevice} ${clock()}`, true);
  });

  document.addEventListener("autosave:saved", (event) => {
    unsaved.delete(event.target);
    isLoggedOut = false;
    setOffline(false);
    tell(event.detail.saved);
    follow(event.detail);
  });

  document.addEventListener("autosave:waiting", (event) => (event.detail === "loggedOut" ? tellLoggedOut() : setOffline(true)));
  document.addEventListener("autosave:conflict", (event) => {
    if (event.target.matches("[data-line]")) closeNumbers(event.target);
    tell("", true);
  });
  document.addEventListener("autosave:refused", (event) => tell(event.detail || says.unsaved, true));
  window.addEventListener("offline", () => setOffline(true));
  window.addEventListener("online", () => { if (!unsaved.size) setOffline(false); });

  // Nothing is sent, and nothing copied over, before all that was typed is saved

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-send], [data-after-saving]") || form.dataset.ready) return;
    event.preventDefault();
    const forms = [...document.querySelectorAll("form[data-autosave]")];
    const all = await Promise.all(forms.map((each) => window.autosave.flush(each)));
    if (unchosen()) {
      tell("", true);
      goToChoice();
      return;
    }
    if (!all.every(Boolean)) {
      if (isLoggedOut) return;
      tell(says.unsaved, true);
      document.querySelector(".sheet [data-error]:not([hidden])")?.scrollIntoView({ block: "center" });
      return;
    }
    form.dataset.ready = "1";
    setTimeout(() => form.requestSubmit()); // not while this very event is still under way
  });

  function goToChoice() {
    const choice = unchosen();
    choice.scrollIntoView({ block: "start" });
    choice.focus({ preventScroll: true });
  }

  // From activity to activity

  function goTo(place) {
    place.scrollIntoView({ block: "start" });
    place.querySelector("h2").focus({ preventScroll: true });
    mark(place);
  }

  function mark(place) {
    for (const link of document.querySelectorAll(".pick a")) {
      if (link.hash === `#${place.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  const here = () => places.findLastIndex((place) => place.getBoundingClientRect().top < window.innerHeight / 3);

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const now = places.findIndex((place) => place.contains(document.activeElement));
    const next = (now < 0 ? Math.max(here(), 0) : now) + (event.key === "ArrowDown" ? 1 : -1);
    if (places[next]) goTo(places[next]);
  });

  const watch = new IntersectionObserver(() => mark(places[Math.max(here(), 0)]), { rootMargin: "-30% 0px -60% 0px" });
  places.forEach((place) => watch.observe(place));

  // A link to a field leads into it, and closes the list on a phone
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
    if (field.matches("[data-place]")) return goTo(field);
    if (field.matches(".conflict")) return goToChoice();
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
    return undefined;
  });

  // The fields of a line

  const typed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  function closeNumbers(form) {
    for (const box of form.querySelectorAll("[name^='na_']")) {
      const field = form.elements[box.name.slice(3)];
      field.disabled = box.checked;
      if (box.checked) field.value = "";
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-line]")) return;
    if (event.target.name.startsWith("na_")) closeNumbers(form);
    if (event.target.name === "state") setPercent(form);
  }, true);

  // Done is 100 percent, not begun is 0; only what is done has a day. Chosen by mistake, it gives back what stood there.
  function setPercent(form) {
    const { state, percent, completed_on: day } = form.elements;
    const certain = { done: "100", not_started: "0" }[state.value];
    const isCertain = ["0", "100"].includes(percent.value);
    if (!isCertain) percent.dataset.before = percent.value;
    if (certain) percent.value = certain;
    else if (isCertain) percent.value = percent.dataset.before ?? "";
    if (day.value) day.dataset.before = day.value;
    day.value = state.value === "done" ? day.dataset.before ?? "" : "";
    typed(state);
  }

  document.querySelectorAll("[data-line]").forEach(closeNumbers);
  document.addEventListener("autosave:restored", (event) => {
    if (event.target.matches("[data-line]")) closeNumbers(event.target);
    unsaved.add(event.target);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-to]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copyTo);
    const words = button.dataset.value;
    const isThere = field.matches("textarea") && field.value.trim();
    field.disabled = false;
    field.value = isThere ? `${field.value.trimEnd()}\n${words}` : words;
    const box = field.form.elements[`na_${field.name}`];
    if (box) box.checked = false;
    typed(field);
    field.focus();
  });

  // Evidence

  function upload(form, data, name) {
    const line = document.createElement("li");
    const bar = document.createElement("progress");
    const label = document.createElement("span");
    label.textContent = `${name}, ${says.sending}`;
    bar.max = 100;
    bar.className = "meter";
    bar.setAttribute("aria-label", name);
    line.append(label, bar);
    form.querySelector("[data-uploads]").append(line);
    if (!navigator.onLine) return Promise.resolve(notKept(line, name));
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-Autosave", "1");
      request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; };
      request.onloadend = () => resolve(arrived(form, line, name, request));
      request.send(data);
    });
  }

  // A file cannot be kept on the device as words are.
  function notKept(line, name) {
    line.replaceChildren(fault(`${name}: ${says.failed}`));
    return false;
  }

  function arrived(form, line, name, request) {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* no connection, or not an answer of ours */ }
    if (answer.html) form.closest("[data-evidence]").querySelector("[data-items]").insertAdjacentHTML("beforeend", answer.html);
    const wrong = Object.values(answer.errors ?? {}).join(" ") || answer.sentence || (request.status === 200 ? "" : says.failed);
    if (wrong) line.replaceChildren(fault(`${name}: ${wrong}`));
    else if (answer.note) line.replaceChildren(`${name}: ${answer.note}`);
    else line.remove();
    return !wrong;
  }

  function fault(words) {
    const place = document.createElement("span");
    place.className = "err";
    place.textContent = words;
    return place;
  }

  async function take(form, files) {
    form.querySelector("[data-uploads]").replaceChildren();
    const line = form.closest("[data-place]").querySelector("form[data-autosave]");
    if (line && navigator.onLine) await window.autosave.flush(line);
    for (const file of files) {
      if (file.size > says.maxMb * 1024 * 1024) {
        const entry = document.createElement("li");
        entry.append(fault(`${file.name}: ${says.tooLarge}`));
        form.querySelector("[data-uploads]").append(entry);
        continue;
      }
      const data = new FormData();
      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      data.append("files", file);
      await upload(form, data, file.name);
    }
    await recount(form.closest("[data-place]"));
  }

  // How the activity stands now that evidence has come
  async function recount(place) {
    place.dataset.proofs = place.querySelectorAll("[data-items] > li").length;
    const action = place.querySelector("form[data-line]")?.action;
    if (!action) return;
    const answer = await fetch(action, { headers: { "X-Autosave": "1" } }).catch(() => null);
    if (answer?.ok) follow(await answer.json());
  }

  document.addEventListener("change", async (event) => {
    const form = event.target.form;
    if (event.target.type !== "file" || !form?.matches("[data-drop]")) return;
    const files = [...event.target.files];
    event.target.value = "";
    await take(form, files);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-drop]")) return;
    event.preventDefault();
    form.querySelector("[data-uploads]").replaceChildren();
    if (await upload(form, new FormData(form), form.elements.url.value)) {
      for (const name of ["url", "caption", "dated_on"]) form.elements[name].value = "";
    }
    await recount(form.closest("[data-place]"));
  });

  // Taken off, it goes from the list; the page stays where it is.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const items = form.closest("[data-items]");
    if (!items || !form.matches(".ev-acts")) return;
    event.preventDefault();
    const place = form.closest("[data-place]");
    const answer = await fetch(form.action, { method: "POST", headers: { "X-Autosave": "1" }, body: new FormData(form), redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return tell(says.notRemoved, true);
    form.closest("li").remove();
    place.querySelector("[data-drop] input[type=file]").focus({ preventScroll: true });
    return recount(place);
  });

  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest?.("[data-evidence]");
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      zone?.classList.toggle("is-over", name === "dragover");
      if (name === "drop" && zone) take(zone.querySelector("[data-drop]"), [...event.dataTransfer.files]);
    });
  }
})();
