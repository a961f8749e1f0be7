// Saves what is being typed, a second after the last key, and says so. Without this file the form's own button saves.
//
//   <form method="post" action="…" data-autosave="<pk of the person>">     inside an element with data-row
//     data-needs="text": nothing is sent while this field is empty (a new row)
//     <input type="hidden" name="version" value="3">
//     <span data-saved role="status"></span>      "Đã lưu lúc 10:42", or why not
//     <p class="err" data-error="text" hidden></p>    what is wrong with the field "text"
//
// It posts the form's fields with the header X-Autosave. The answers:
//   200, 201  {"version": 4, "saved": "Đã lưu lúc 10:42", "action": "/where/it/is/saved/from/now/on/"}
//   409       the HTML of the row ([data-row]) in which both versions stand: somebody else saved first
//   422       {"errors": {"text": "…"}}: nothing is saved; "" names the form itself
//   403, 404  {"sentence": "…"}: it cannot be saved here any more; what was typed stays on the screen
// No answer: it says so and tries again, after 2, 4, 8 … 30 seconds and when the line is back.
// Sentences stand once on the page: <div data-autosave-says data-offline="…" data-restored="…" data-logged-out="…">.
//
// What is not acknowledged lies in localStorage and comes back with the form; [data-unsent] offers what lies elsewhere.
// A form[data-keep="<pk of the person>"] is kept in the same way until the server has taken it, but never sent by itself.
// With data-conflict it holds two versions: what is typed stays as unsaved as it was until one of them is chosen.
// Other scripts: await window.autosave.flush(form): true when all is saved. Events on the form: autosave:saved,
// autosave:restored, autosave:waiting (detail: "offline" or "loggedOut"), autosave:refused (detail: the sentence),
// autosave:conflict.
// A link or button with data-discard leaves without saving.
(() => {
  const PAUSE = 1000;
  const LONGEST_WAIT = 30000;
  const KEPT_FOR = 14 * 24 * 3600 * 1000;
  const work = new WeakMap(); // form: {dirty, timer, tries, sending}

  const workOf = (form) => work.get(form) ?? work.set(form, { dirty: false, tries: 0 }).get(form);
  const formsIn = (root) => [...root.querySelectorAll("form[data-autosave]")];
  const keptIn = (root) => [...root.querySelectorAll("form[data-autosave], form[data-keep]")];
  const keyOf = (form) => `unsent:${form.dataset.autosave ?? form.dataset.keep}:${form.getAttribute("action")}`;
  const isBarren = (form) => form.dataset.needs && !form.elements[form.dataset.needs].value.trim();
  const says = (name) => document.querySelector("[data-autosave-says]")?.dataset[name] ?? "";

  function fieldsOf(form) {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
    return new URLSearchParams(fields).toString();
  }

  function say(form, words, isBad = false) {
    const place = form.querySelector("[data-saved]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("is-bad", isBad);
  }

  // What is kept on this machine until the server has it

  function keep(form, changes = {}) {
    const key = keyOf(form);
    try {
      const before = JSON.parse(localStorage.getItem(key));
      const note = { page: pageOf(before), at: Date.now(), fields: fieldsToKeep(form, before), ...changes };
      localStorage.setItem(key, JSON.stringify(note));
    } catch { /* no room, or not allowed: the page itself still holds it */ }
  }

  // The answer to a form that was refused has an address that cannot be opened: the page before it can.
  const isRefusal = Boolean(document.querySelector(".errsum, .conflict"));
  const pageOf = (before) => (isRefusal && before?.page) || location.href;

  // Of two versions none is chosen yet: what comes back is compared with theirs once more.
  function fieldsToKeep(form, before) {
    const fields = new URLSearchParams(fieldsOf(form));
    const version = before && new URLSearchParams(before.fields).get("version");
    if ("conflict" in form.dataset && version !== null) fields.set("version", version);
    return fields.toString();
  }

  function forget(key) {
    try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
  }

  function notes() {
    const found = new Map();
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith("unsent:")) continue;
        const note = JSON.parse(localStorage.getItem(key));
        if (wasTaken(note) || Date.now() - note.at > KEPT_FOR) forget(key);
        else found.set(key, note);
      }
    } catch { /* not allowed here */ }
    return found;
  }

  // A form that the browser itself has sent was taken when it has led on from there to another page.
  const arrival = performance.getEntriesByType("navigation")[0];
  const here = () => location.href.split("#")[0];
  const isAnswerTo = (note) => arrival?.type === "navigate" && document.referrer === note.sentFrom;
  const wasTaken = (note) => Boolean(note.sentFrom) && isAnswerTo(note) && arrival.redirectCount > 0;

  const UNTYPED = ["submit", "button", "file"];

  function fill(form, fields) {
    const values = new URLSearchParams(fields);
    for (const input of form.elements) {
      if (!input.name || input.name === "csrfmiddlewaretoken" || UNTYPED.includes(input.type)) continue;
      const typed = values.getAll(input.name);
      if (input.type === "checkbox" || input.type === "radio") input.checked = typed.includes(input.value);
      else if (input.multiple) for (const option of input.options) option.selected = typed.includes(option.value);
      else if (typed.length) input.value = typed[0];
    }
  }

  function restore(form, note) {
    if (note.sentFrom && isAnswerTo(note)) return keep(form); // refused: the page shows what was sent, and what is wrong
    if (note.fields === fieldsOf(form)) return isRefusal ? undefined : forget(keyOf(form));
    fill(form, note.fields);
    if (note.sentFrom) keep(form, { page: note.page });
    form.dispatchEvent(new CustomEvent("autosave:restored", { bubbles: true }));
    say(form, says("restored"));
    if ("keep" in form.dataset) return undefined;
    workOf(form).dirty = true;
    schedule(form, PAUSE);
  }

  // Sending

  function schedule(form, pause) {
    const state = workOf(form);
    clearTimeout(state.timer);
    if (isBarren(form)) return;
    state.timer = setTimeout(() => flush(form), pause);
  }

  async function flush(form, isLeaving = false) {
    const state = workOf(form);
    clearTimeout(state.timer);
    if (state.sending) await state.sending;
    if (!state.dirty || !form.isConnected || isBarren(form)) return !state.dirty || isBarren(form);
    state.dirty = false;
    state.sending = send(form, isLeaving).then((isSaved) => { state.dirty ||= !isSaved; });
    await state.sending;
    state.sending = null;
    return !state.dirty;
  }

  async function send(form, isLeaving) {
    const sent = fieldsOf(form);
    let answer;
    try {
      answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        headers: { "X-Autosave": "1" },
        body: new URLSearchParams(new FormData(form)),
        redirect: "manual",
        keepalive: isLeaving,
        signal: AbortSignal.timeout(20000),
      });
    } catch {
      return again(form, "offline");
    }
    if (answer.type === "opaqueredirect") return again(form, "loggedOut");
    if (answer.status >= 500) return again(form, "offline");
    if (answer.status === 403 && !isOurs(answer)) return again(form, (await renewToken(form)) ? "" : "loggedOut");
    workOf(form).tries = 0;
    if (answer.status === 409) return conflict(form, await answer.text(), sent);
    return heard(form, answer.ok, await answer.json().catch(() => ({ sentence: says("offline") })), sent);
  }

  const isOurs = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");

  // Who logged in again in another tab has a new token: this page's is renewed, and what was typed is sent.
  async function renewToken(form) {
    const page = await fetch(location.href, { redirect: "manual" }).catch(() => null);
    const fresh = page?.ok && /name="csrfmiddlewaretoken" value="(\w+)"/.exec(await page.text());
    if (!fresh || fresh[1] === form.elements.csrfmiddlewaretoken.value) return false;
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = fresh[1];
    return true;
  }

  // `why`: "offline", "loggedOut", or "" where it is only a moment
  function again(form, why) {
    const state = workOf(form);
    state.tries += 1;
    say(form, why && says(why), true);
    if (why) form.dispatchEvent(new CustomEvent("autosave:waiting", { bubbles: true, detail: why }));
    schedule(form, Math.min(1000 * 2 ** state.tries, LONGEST_WAIT));
    return false;
  }

  function heard(form, isSaved, answer, sent) {
    sayErrors(form, answer.errors ?? {});
    const kept = answer.sentence ? ` ${says("kept")}` : "";
    const words = answer.saved ?? answer.sentence ?? answer.errors?.[""] ?? "";
    say(form, `${words}${kept}`.trim(), !isSaved);
    if (!isSaved) {
      form.dispatchEvent(new CustomEvent("autosave:refused", { bubbles: true, detail: answer.sentence ?? "" }));
      return false;
    }
    const unchanged = fieldsOf(form) === sent;
    forget(keyOf(form));
    form.elements.version.value = answer.version;
    if (answer.action) form.setAttribute("action", answer.action);
    if (!unchanged) keep(form);
    form.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: answer }));
    return true;
  }

  function sayErrors(form, errors) {
    for (const place of form.querySelectorAll("[data-error]")) {
      place.textContent = errors[place.dataset.error] ?? "";
      place.hidden = !place.textContent;
    }
  }

  function conflict(form, html, sent) {
    const row = form.closest("[data-row]");
    const place = document.createElement("template");
    place.innerHTML = html;
    const both = place.content.firstElementChild;
    const asked = both.matches("form") ? both : both.querySelector("form");
    const at = row.contains(document.activeElement) ? document.activeElement : null;
    if (!asked.matches("[data-conflict]")) forget(keyOf(form));
    const isNewer = fieldsOf(form) !== sent;
    const version = asked.elements.version?.value;
    const first = both.querySelector("[autofocus]:not(button)");
    for (const each of both.querySelectorAll("[autofocus]")) each.removeAttribute("autofocus");
    const spot = at && spotOf(at);
    row.replaceWith(both);
    window.htmx?.process(both);
    if (isNewer) fill(asked, fieldsOf(form));
    if (asked.elements.version) asked.elements.version.value = version;
    if (!spot || !goOnTyping(asked, spot)) first?.focus();
    asked.dispatchEvent(new CustomEvent("autosave:conflict", { bubbles: true }));
    return true; // the answer is the person's now
  }

  // Whoever is typing goes on typing: a key must never press a button that has just come.
  function spotOf(field) {
    return { name: field.name, from: field.selectionStart, to: field.selectionEnd, top: field.getBoundingClientRect().top };
  }

  function goOnTyping(form, spot) {
    const field = spot.name && form.elements[spot.name];
    if (!field?.focus || field.type === "hidden") return false;
    field.focus({ preventScroll: true });
    if (Number.isInteger(spot.from)) field.setSelectionRange(spot.from, spot.to);
    window.scrollBy(0, field.getBoundingClientRect().top - spot.top);
    return true;
  }

  // When

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-autosave], [data-keep]")) return;
    keep(form);
    if ("keep" in form.dataset) return;
    workOf(form).dirty = true;
    schedule(form, PAUSE);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-keep], [data-autosave]")) return;
    if (form.matches("[data-keep]") && !event.defaultPrevented) sendByBrowser(event);
    if (!form.matches("[data-autosave]")) return;
    const state = workOf(form);
    clearTimeout(state.timer);
    if (!event.defaultPrevented && state.dirty) keep(form, { sentFrom: here() });
    state.dirty = false;
  });

  // Without a connection the page would be gone: it stays, and says so.
  function sendByBrowser(event) {
    const form = event.target;
    if (navigator.onLine) return keep(form, { sentFrom: here() });
    event.preventDefault();
    keep(form);
    const place = document.querySelector("[data-no-line]");
    if (!place) return undefined;
    place.hidden = false;
    place.focus();
    return undefined;
  }

  // Back on a page that the browser had put aside: what was sent from it has not arrived, as far as it knows.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    const left = notes();
    for (const form of keptIn(document)) if (left.get(keyOf(form))?.sentFrom) keep(form);
  });

  // Whatever takes the place of a form that is being typed in waits until it is saved, and does not come when it cannot be.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, target, issueRequest } = event.detail;
    if (elt.closest("[data-discard]")) {
      const form = elt.closest("form");
      forget(keyOf(form));
      workOf(form).dirty = false;
      clearTimeout(workOf(form).timer);
    }
    const own = elt.matches("[data-autosave]") ? elt : null;
    const waiting = formsIn(target).filter((form) => workOf(form).sending || (form !== own && workOf(form).dirty));
    if (!waiting.length) return;
    event.preventDefault();
    Promise.all(waiting.map((form) => (form === own ? workOf(form).sending.then(() => true) : flush(form)))).then(
      (saved) => saved.every(Boolean) && issueRequest(true),
    );
  });

  // htmx remembers where a form went when it first saw it; a new row has an address of its own since.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, verb } = event.detail;
    if (elt.matches("form[data-autosave]") && verb === "post") event.detail.path = elt.getAttribute("action");
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (form.matches("form[data-autosave], form[data-keep]")) form.dataset.asked = keyOf(form);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig.elt;
    if (form.dataset.asked && event.detail.shouldSwap) forget(form.dataset.asked);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("form[data-autosave]") || event.detail.successful) return;
    workOf(form).dirty = true;
    keep(form);
    if (!event.detail.xhr.status) again(form, "offline");
  });

  window.addEventListener("online", () => formsIn(document).forEach((form) => flush(form)));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") formsIn(document).forEach((form) => flush(form, true));
  });

  // What was left behind

  function offer(left) {
    const place = document.querySelector("[data-unsent]");
    if (!place) return;
    const [key, note] = [...left][0] ?? [];
    place.hidden = !key;
    if (!key) return;
    place.querySelector("a").href = note.page;
    place.querySelector("button").onclick = () => { forget(key); left.delete(key); offer(left); };
  }

  function look(root) {
    const left = notes();
    for (const form of keptIn(root)) if (left.has(keyOf(form))) restore(form, left.get(keyOf(form)));
    const shown = new Set(keptIn(document).map(keyOf));
    const person = document.querySelector("[data-autosave-says]")?.dataset.autosaveSays;
    offer(new Map([...left].filter(([key]) => !shown.has(key) && key.startsWith(`unsent:${person}:`))));
  }

  document.addEventListener("htmx:load", (event) => look(event.detail.elt));
  if (!window.htmx) look(document);

  window.autosave = { flush };
})();
