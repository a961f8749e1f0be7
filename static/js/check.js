// A file is hashed on the visitor's own machine; where the browser cannot (no HTTPS) the form sends it, as without this.
const form = document.querySelector("form[data-check]");
if (form && globalThis.crypto?.subtle) {
  const file = form.querySelector("input[type=file]");
  const says = form.querySelector("[role=status]");
  form.querySelectorAll("[data-goes]").forEach((each) => { each.hidden = true; });
  form.querySelector("[data-stays]").hidden = false;
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    says.textContent = form.dataset.busy;
    try {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.files[0].arrayBuffer()));
      const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      location.assign(`${form.dataset.check}?q=${sha256}`);
    } catch {
      form.submit(); // too large for the browser's memory
    }
  });
}
