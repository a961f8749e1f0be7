// Reads the page anew and puts it in its own place, so that nothing flickers. Where that fails, the old figures stay
// and say so; where the session has ended, the page goes to the door.
const PATIENCE = 20000;

async function refresh() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.body.classList.contains("wall")) {
      location.reload();
      return;
    }
    document.body.replaceChildren(...page.body.childNodes);
  } catch {
    const lost = document.querySelector(".w-lost");
    if (lost) lost.hidden = false;
  }
}

setInterval(refresh, 1000 * Number(document.body.dataset.seconds));
