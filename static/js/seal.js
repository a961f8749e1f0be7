// How much is still to be confirmed before a report is issued, as its boxes are ticked.
const issue = document.querySelector("form#issue");
if (issue) {
  const say = () => {
    const open = issue.querySelectorAll("input[name=stand_by]:not(:checked)").length;
    const words = open === 1 ? issue.dataset.one : issue.dataset.many.replace("#", open);
    document.querySelectorAll("[data-unticked]").forEach((each) => { each.textContent = words; });
    document.querySelectorAll("[data-until-ticked]").forEach((each) => { each.hidden = !open; });
    document.querySelectorAll("[data-once-ticked]").forEach((each) => { each.hidden = open > 0; });
  };
  issue.addEventListener("change", say);
  say(); // the browser keeps what was ticked when the page is read again
}

// Copies a SHA-256; without this file, or without a clipboard, the button stays away.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-hash]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.hash).textContent.replaceAll(" ", ""));
      button.querySelector("span").textContent = button.dataset.done;
    });
  }
}
