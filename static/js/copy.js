// A press copies the words of the field that `data-copy` names and says so; without this file the button stays away.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.querySelector(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // pages that came without encryption have no clipboard of their own
    }
    button.querySelector("[data-copied]").textContent = button.dataset.done;
  });
}
