// Follows one export on its page: says how far it is, and opens the page anew when it is over.
(function () {
  "use strict";
  const said = document.getElementById("export-said");
  if (!said?.dataset.watch) return;

  async function look() {
    try {
      const answer = await fetch(said.dataset.watch, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return window.location.reload();
      const now = await answer.json();
      if (now.state !== "queued" && now.state !== "making") return window.location.reload();
      const bar = document.getElementById("export-progress");
      if (now.parts) { bar.max = now.parts; bar.value = now.done; }
      if (said.textContent !== now.said) said.textContent = now.said;
    } catch { /* the server is away for a moment: look again */ }
    window.setTimeout(look, 1000);
  }
  window.setTimeout(look, 1000);
})();
