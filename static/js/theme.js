// Light or dark as the machine says: loaded only by those who chose "as this device".
const machine = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  document.documentElement.dataset.bsTheme = machine.matches ? "dark" : "light";
}

follow();
machine.addEventListener("change", follow);
