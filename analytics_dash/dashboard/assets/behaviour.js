// Four small habits of the questions' pages. Without this script the page is words, tables and a form that works.
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
    // Plotly measures its words in a picture of its own, which would be read out as one without a name.
    const hush = () => document.getElementById("js-plotly-tester")?.setAttribute("aria-hidden", "true");
    new MutationObserver(hush).observe(document.body, { childList: true });
    syncSelectors();
    form()?.classList.add("is-live");
  }

  // 2. A choice changes the address, and the address changes the page; Back does the same.
  let chosen = false; // whether this page has been asked for another view than the one it came with

  const form = () => document.getElementById("choice-form");

  // What is chosen, without what is usual: the shortest address that says it.
  function query(names) {
    const found = new URLSearchParams();
    for (const select of form()?.elements ?? []) {
      const said = select.value || (select.name === "department" && select.dataset.standard);
      if (select.name && names.includes(select.name) && said) found.set(select.name, select.value);
    }
    return found.toString();
  }

  function show() {
    chosen = true;
    const search = query(["department", "period", "view", "release"]);
    window.dash_clientside.set_props("url", { search: search && "?" + search });
    follow();
  }

  function syncSelectors() {
    const wanted = new URLSearchParams(window.location.search);
    for (const select of form()?.querySelectorAll("select") ?? []) {
      const value = wanted.get(select.name) ?? select.dataset.standard;
      if ([...select.options].some((option) => option.value === value)) select.value = value;
    }
    if (form()) follow();
  }

  // What stands around the view goes with it: the tab's name, the other questions, the same view in another language.
  function follow() {
    for (const link of document.querySelectorAll(".languages a")) {
      link.search = query(["department", "period", "view", "release"]) + "&lang=" + link.hreflang;
    }
    for (const link of document.querySelectorAll(".menu a")) link.search = query(["department", "period", "release"]);
    const department = document.getElementById("department");
    const [, ...rest] = document.title.split(" · ");
    if (department) document.title = [department.selectedOptions[0].textContent, ...rest].join(" · ");
  }

  document.addEventListener("change", (event) => {
    if (event.target.form?.id === "choice-form" && window.dash_clientside?.set_props) show();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "choice-form" || !window.dash_clientside?.set_props) return;
    event.preventDefault();
    show();
  });
  window.addEventListener("popstate", () => {
    chosen = true;
    syncSelectors();
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
