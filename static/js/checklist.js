// A long list of boxes is narrowed by words, accents or not; without this file it only scrolls.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

for (const list of document.querySelectorAll(".checklist")) {
  const words = list.querySelector(".checklist-find");
  if (!words) continue;
  words.hidden = false;
  words.addEventListener("input", () => {
    for (const option of list.querySelectorAll(".form-check")) {
      option.hidden = !plain(option.textContent).includes(plain(words.value.trim()));
    }
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
