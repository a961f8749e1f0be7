// Open menus close on Escape or a press elsewhere; Ctrl+K goes to the search. Without this file they still open.
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A decision takes a moment to arm: the second press of a double click must not decide the next update.
document.querySelectorAll("[data-settle]").forEach((button) => {
  button.disabled = true;
  setTimeout(() => { button.disabled = false; }, 1200);
});

// What cannot be undone asks once; without this file it is done at once.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});

// The browser names chosen files in its own language: the page does it in ours.
document.addEventListener("change", (event) => {
  const place = event.target.type === "file" && event.target.closest(".pick-file")?.querySelector("[data-chosen]");
  if (!place) return;
  place.dataset.none ??= place.textContent;
  place.textContent = [...event.target.files].map((file) => file.name).join("; ") || place.dataset.none;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    const search = document.querySelector(".top > .find input");
    if (!search?.offsetParent) return;
    event.preventDefault();
    search.select();
  }
});
