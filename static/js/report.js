// A part of a report is written as it prints: faces and figures instead of marks. autosave.js saves it.
// Without this file the text is written with its marks (**bold**, *italic*, [[KEY]] a figure) and saved by a button.
//
//   form[data-editor]        textarea "body"; .editor-bar with [data-face] buttons, select[data-figures] and its filter
//   [data-typed], [data-unknown]   say which numbers stand there typed by hand, which figures are not there
//   [data-sources]           [data-sentences]: sentences and the updates each came from; [data-update]: the updates
//   [data-insert]            a button that puts an agency's words into the part
//   form[data-confirms]      its tick is sent when it is made
(() => {
  const TOKEN = /\\([\\*[])|\[\[([^[\]\s]+)\]\]|\*\*|\*/g;
  const SPECIAL = /[\\*]|\[(?=\[)/g;
  const SENTENCE = /[^.!?…;]+[.!?…;]*/g;
  const ALIKE = 0.5;
  const NOTHING = "\u200b"; // a letter of no width, never kept
  const GAP = 6; // pixels between the line that is typed and a bar

  // Marks and what they mean

  const typed = (text) => escaped(text.replaceAll("\u00a0", " ").replaceAll(NOTHING, ""));
  const escaped = (text) => text.replace(SPECIAL, "\\$&");

  function chip(key, printed) {
    const place = document.createElement("span");
    const text = printed.get(key);
    place.className = text === undefined ? "fig-chip is-unk" : "fig-chip";
    place.contentEditable = "false";
    place.dataset.key = key;
    place.textContent = text ?? `[[${key}]]`;
    return place;
  }

  // A mark that has no partner on its line is a star.
  function loneMarks(line) {
    const places = { "**": [], "*": [] };
    for (const match of line.matchAll(TOKEN)) if (match[0] in places) places[match[0]].push(match.index);
    return new Set(Object.values(places).filter((found) => found.length % 2).map((found) => found.at(-1)));
  }

  function paragraph(line, printed) {
    const place = document.createElement("p");
    const lone = loneMarks(line);
    const face = { "**": false, "*": false };
    let at = 0;
    const put = (node) => {
      let inside = node;
      for (const [mark, name] of [["*", "i"], ["**", "b"]]) {
        if (!face[mark]) continue;
        const around = document.createElement(name);
        around.append(inside);
        inside = around;
      }
      place.append(inside);
    };
    for (const match of line.matchAll(TOKEN)) {
      if (match.index > at) put(document.createTextNode(line.slice(at, match.index)));
      at = match.index + match[0].length;
      if (match[2]) put(chip(match[2], printed));
      else if (match[1]) put(document.createTextNode(match[1]));
      else if (lone.has(match.index)) put(document.createTextNode(match[0]));
      else face[match[0]] = !face[match[0]];
    }
    if (at < line.length) put(document.createTextNode(line.slice(at)));
    if (!place.childNodes.length) place.append(document.createElement("br"));
    return place;
  }

  // The words under a node as [text, bold, italic], a figure as its mark; a new paragraph as null.
  function pieces(node, bold, italic, found) {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) found.push([typed(child.data), bold, italic]);
      else if (child.nodeType !== Node.ELEMENT_NODE) continue;
      else if (child.dataset.key) found.push([`[[${child.dataset.key}]]`, bold, italic]);
      else if (child.tagName === "BR") found.push(null);
      else {
        const isBlock = ["P", "DIV", "LI"].includes(child.tagName);
        if (isBlock) found.push(null);
        const isBold = bold || ["B", "STRONG"].includes(child.tagName);
        pieces(child, isBold, italic || ["I", "EM"].includes(child.tagName), found);
        if (isBlock) found.push(null);
      }
    }
    return found;
  }

  function written(editor) {
    let text = "";
    let face = [false, false];
    const change = (bold, italic) => {
      if (face[1] && face[1] !== italic) text += "*";
      if (face[0] !== bold) {
        if (face[1] && italic) text += "*";
        text += "**";
        if (face[1] && italic) text += "*";
      }
      if (italic && !face[1]) text += "*";
      face = [bold, italic];
    };
    for (const piece of pieces(editor, false, false, [])) {
      if (piece === null) {
        change(false, false);
        text += "\n";
      } else if (piece[0]) {
        change(piece[1], piece[2]);
        text += piece[0];
      }
    }
    change(false, false);
    return text.split("\n").map((line) => line.trim()).filter(Boolean).join("\n");
  }

  // The editor

  function open(form) {
    if (form.dataset.opened) return;
    form.dataset.opened = "yes";
    const field = form.elements.body;
    const figures = form.querySelector("[data-figures]");
    const printed = new Map(Object.entries(JSON.parse(figures.dataset.printed)));
    const editor = document.createElement("div");
    editor.className = "editor";
    editor.contentEditable = "true";
    editor.lang = "vi";
    editor.setAttribute("role", "textbox");
    editor.setAttribute("aria-multiline", "true");
    editor.setAttribute("aria-label", form.querySelector(`label[for="${field.id}"]`).textContent);
    const show = () => editor.replaceChildren(...(field.value || "").split("\n").map((line) => paragraph(line, printed)));
    show();
    field.hidden = true;
    field.after(editor);
    form.querySelector(".editor-bar").hidden = false;
    for (const button of document.querySelectorAll("[data-insert]")) button.hidden = false;
    document.execCommand("defaultParagraphSeparator", false, "p");

    const tell = () => {
      field.value = written(editor);
      sayUnknown(form, printed, field.value);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    editor.addEventListener("input", tell);
    editor.addEventListener("input", (event) => event.inputType?.startsWith("history") && leaveFigure());
    for (const name of ["input", "keyup"]) editor.addEventListener(name, () => keepInSight(form, editor));
    editor.addEventListener("paste", (event) => {
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
    editor.addEventListener("drop", (event) => event.preventDefault());
    form.addEventListener("autosave:restored", show);
    form.addEventListener("autosave:saved", (event) => sayTyped(form, event.detail.typed ?? []));
    for (const button of form.querySelectorAll("[data-face]")) {
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => {
        editor.focus();
        document.execCommand(button.dataset.face);
      });
    }
    let kept = null; // where the cursor was when the list of figures took the focus
    editor.addEventListener("blur", () => { kept = getSelection().rangeCount ? getSelection().getRangeAt(0) : null; });
    const put = (node) => {
      editor.focus();
      const range = kept && editor.contains(kept.startContainer) ? kept : atEnd(editor);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      if (insertUndoably(editor, node)) return;
      range.deleteContents();
      range.insertNode(node);
      range.collapse(false);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      tell();
    };
    chooseFigures(form, figures, (key) => put(chip(key, printed)));
    form.insertWords = (words) => {
      editor.focus();
      getSelection().removeAllRanges();
      getSelection().addRange(atEnd(editor));
      for (const line of words.split("\n").map((each) => each.trim()).filter(Boolean)) {
        if (editor.lastElementChild?.textContent) document.execCommand("insertParagraph");
        document.execCommand("insertText", false, line);
      }
      editor.lastElementChild?.scrollIntoView({ block: "nearest" });
    };
    editor.focus({ preventScroll: true });
    form.closest(".report-part").scrollIntoView({ block: "nearest" });
  }

  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

  // The list of figures; while something is looked for it stands open, and an arrow key only goes through it.
  function chooseFigures(form, list, put) {
    const [first, ...all] = list.options;
    const filter = form.querySelector("[data-figures-filter]");
    const look = () => {
      const sought = bare(filter.value).split(" ").filter(Boolean);
      const found = all.filter((each) => sought.every((word) => bare(each.text).includes(word)));
      list.replaceChildren(...(sought.length ? [] : [first]), ...found);
      list.size = sought.length ? Math.min(Math.max(found.length, 2), 8) : 0;
      list.value = "";
    };
    const take = (key) => {
      if (!key) return;
      filter.value = "";
      look();
      put(key);
    };
    filter.addEventListener("input", (event) => {
      event.stopPropagation(); // it is no part of what is saved
      look();
    });
    filter.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        if (filter.value.trim()) take(list.options[0]?.value);
      } else if (event.key === "ArrowDown" && list.size > 1) {
        event.preventDefault();
        list.focus();
        list.selectedIndex = 0;
      }
    });
    list.addEventListener("change", () => list.size > 1 || take(list.value));
    list.addEventListener("click", () => list.size > 1 && take(list.value));
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || list.size <= 1) return;
      event.preventDefault();
      take(list.value);
    });
  }

  // The line that is typed stays between the bar above and the one below, which lie over the page.
  function keepInSight(form, editor) {
    const line = caretIn(editor);
    if (!line) return;
    const above = form.querySelector(".editor-bar").getBoundingClientRect().bottom;
    const below = form.querySelector(".editor-end").getBoundingClientRect().top;
    const away = Math.max(line.bottom + GAP - below, 0) || Math.min(line.top - GAP - above, 0);
    if (away && line.height < below - above) scrollBy({ top: away, behavior: "instant" });
  }

  // Where the cursor stands; an empty paragraph has no place of its own but that of the paragraph.
  function caretIn(editor) {
    const selection = getSelection();
    if (!selection.rangeCount || !editor.contains(selection.focusNode)) return null;
    const range = document.createRange();
    range.setStart(selection.focusNode, selection.focusOffset);
    const own = range.getClientRects();
    if (own.length) return own[own.length - 1];
    const node = selection.focusNode;
    return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentNode).getBoundingClientRect();
  }

  // Puts a figure where the cursor is so that it can be undone; false where the browser does not. Between two letters of
  // no width, else Chromium sets it behind the paragraph, or the cursor into it.
  function insertUndoably(editor, node) {
    const before = new Set(editor.querySelectorAll("[data-key]"));
    document.execCommand("insertText", false, NOTHING + NOTHING);
    getSelection().modify("move", "backward", "character");
    document.execCommand("insertHTML", false, node.outerHTML);
    const placed = [...editor.querySelectorAll("[data-key]")].find((each) => !before.has(each));
    if (placed) goBehind(placed);
    return Boolean(placed);
  }

  function goBehind(figure) {
    const next = figure.nextSibling;
    if (next?.nodeType === Node.TEXT_NODE && next.data.startsWith(NOTHING)) getSelection().collapse(next, 1);
    else getSelection().collapse(figure.parentNode, [...figure.parentNode.childNodes].indexOf(figure) + 1);
  }

  // Undone and done again, a figure may have the cursor in it, where nothing can be typed.
  function leaveFigure() {
    const { focusNode } = getSelection();
    const figure = (focusNode?.nodeType === Node.TEXT_NODE ? focusNode.parentNode : focusNode)?.closest?.("[data-key]");
    if (figure) goBehind(figure);
  }

  function atEnd(editor) {
    const range = document.createRange();
    range.selectNodeContents(editor.lastElementChild ?? editor);
    range.collapse(false);
    return range;
  }

  function say(place, words) {
    place.hidden = !words.length;
    place.textContent = words.length ? place.dataset.one + words.join(", ") : "";
  }

  const sayTyped = (form, numbers) => say(form.querySelector("[data-typed]"), numbers);

  function sayUnknown(form, printed, text) {
    const keys = [...text.matchAll(TOKEN)].map((match) => match[2]).filter((key) => key && !printed.has(key));
    say(form.querySelector("[data-unknown]"), [...new Set(keys)]);
  }

  // Where the sentence under the cursor comes from

  const words = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}.]+/gu) ?? []);

  function alike(one, other) {
    const [mine, theirs] = [words(one), words(other)];
    const common = [...mine].filter((word) => theirs.has(word)).length;
    return common / Math.max(Math.min(mine.size, theirs.size), 1);
  }

  function sentenceAt(editor) {
    const selection = getSelection();
    if (!selection.rangeCount || !editor.contains(selection.anchorNode)) return null;
    let block = selection.anchorNode;
    while (block.parentNode !== editor) {
      if (block === editor) return null;
      block = block.parentNode;
    }
    const before = document.createRange();
    before.selectNodeContents(block);
    before.setEnd(selection.anchorNode, selection.anchorOffset);
    const place = written(fragment(before.cloneContents())).length;
    const line = written(fragment(block.cloneNode(true)));
    let sentence = line;
    for (const match of line.matchAll(SENTENCE)) if (match.index <= place) sentence = match[0];
    return [sentence.trim(), line];
  }

  function fragment(node) {
    const place = document.createElement("div");
    place.append(node);
    return place;
  }

  function follow(editor) {
    const panel = document.querySelector("[data-sources]");
    const title = panel?.querySelector("[data-sources-title]");
    const at = sentenceAt(editor);
    if (!panel || !at || !panel.querySelector("[data-sentences]")) return;
    const known = [...panel.querySelectorAll("[data-sentences] > li")].map((each) => [each, alike(at[0], each.textContent)]);
    const [best, score] = known.reduce((most, each) => (each[1] > most[1] ? each : most), [null, 0]);
    const updates = score >= ALIKE ? best.dataset.updates.split(" ").filter(Boolean) : [];
    title.textContent = updates.length ? title.dataset.one : at[0] ? title.dataset.none : title.dataset.all;
    for (const each of panel.querySelectorAll("[data-update]")) {
      each.classList.toggle("is-elsewhere", updates.length > 0 && !updates.includes(each.dataset.update));
    }
  }

  document.addEventListener("selectionchange", () => {
    const editor = document.activeElement?.closest?.(".editor");
    if (editor) follow(editor);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (button) document.querySelector("form[data-editor]")?.insertWords?.(button.dataset.insert);
  });

  document.addEventListener("change", (event) => event.target.closest("form[data-confirms]")?.requestSubmit());

  const look = (root) => root.querySelectorAll("form[data-editor]").forEach(open);
  document.addEventListener("htmx:load", (event) => look(event.detail.elt));
  if (!window.htmx) look(document);
})();
