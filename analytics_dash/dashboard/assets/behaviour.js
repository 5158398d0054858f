// Four small habits of the overview page. Without this script the page is words, tables and a form that works.
(function () {
  "use strict";

  // 1. The first response already holds the page's words. When Dash has drawn the same page, the first copy goes.
  function handOver() {
    const first = document.getElementById("first-paint");
    const drawn = document.querySelector("#react-entry-point #view");
    if (!first || !drawn) return;
    const tables = document.querySelectorAll("#react-entry-point details");
    first.querySelectorAll("details").forEach((one, place) => { if (tables[place]) tables[place].open = one.open; });
    const focused = first.contains(document.activeElement) ? document.activeElement.id : "";
    first.remove();
    if (focused) document.getElementById(focused)?.focus();
  }

  function watch() {
    const entry = document.getElementById("react-entry-point");
    if (!entry) return;
    new MutationObserver(handOver).observe(entry, { childList: true, subtree: true });
    syncSelector();
    document.getElementById("department-form")?.classList.add("is-live");
  }

  // 2. Choosing a department changes the address, and the address changes the page; Back does the same.
  let chosen = false; // whether this page has been asked for another view than the one it came with

  function show(form) {
    chosen = true;
    const search = "?" + new URLSearchParams(new FormData(form)).toString();
    window.dash_clientside.set_props("url", { search: search });
    follow(form.elements.department);
  }

  function syncSelector() {
    const select = document.getElementById("department");
    if (!select) return;
    const wanted = new URLSearchParams(window.location.search).get("department");
    if (wanted !== null && [...select.options].some((option) => option.value === wanted)) select.value = wanted;
    else if (wanted === null) select.value = select.dataset.standard;
    follow(select);
  }

  // What stands around the view goes with it: the tab's name, and the same view in another language.
  function follow(select) {
    for (const link of document.querySelectorAll(".languages a")) {
      link.search = "?" + new URLSearchParams({ department: select.value, lang: link.hreflang }).toString();
    }
    const [, ...rest] = document.title.split(" · ");
    document.title = [select.selectedOptions[0].textContent, ...rest].join(" · ");
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "department" && window.dash_clientside?.set_props) show(event.target.form);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "department-form" || !window.dash_clientside?.set_props) return;
    event.preventDefault();
    show(event.target);
  });
  window.addEventListener("popstate", () => {
    chosen = true;
    syncSelector();
  });

  // 3. A session that has ended leads to the sign-in page, not to a page that no longer answers.
  // 4. A choice that could not be shown does not leave the figures of the last one under a new name: the page is opened
  //    anew at its address, and says what is wrong. Not so before a choice: the page holds what its address says, and
  //    where callbacks never get through it would be opened for ever.
  const send = window.fetch.bind(window);
  window.fetch = async function (...request) {
    const address = typeof request[0] === "string" ? request[0] : request[0]?.url || "";
    const isChoice = chosen && address.includes("_dash-update-component");
    try {
      const response = await send(...request);
      if (response.status !== 401 && !(isChoice && response.status >= 400)) return response;
    } catch (error) {
      if (!isChoice || leaving) throw error;
    }
    window.location.reload();
    return new Promise(() => {}); // nobody is to make anything of the refusal while the page changes
  };
  let leaving = false; // a page that is left breaks off its own requests
  window.addEventListener("pagehide", () => { leaving = true; });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();
