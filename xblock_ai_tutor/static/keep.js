/* What was chosen and has not been counted yet: kept in this tab until the server has it, so that a reload, a lost
   connection or a sign-in in between loses nothing. lesson.js calls AiTutorKeep for a lesson's root; no words here. */
(function () {
  "use strict";
  if (window.AiTutorKeep) return;
  const core = window.AiTutorCore;
  const AREA = "sessionStorage";

  /** `owner` names learner and block. Gives {put, keyOf, restore}. */
  function AiTutorKeep(root, owner) {
    const placeOf = (step) => "ait-form:" + owner + ":" + step;

    function read(step) {
      try {
        const kept = JSON.parse(core.memory.get(AREA, placeOf(step)));
        return kept && typeof kept.answers === "object" ? kept : null;
      } catch (error) {
        return null;
      }
    }

    /** Keep a step's answers; `key` is that of a request which may have arrived. null forgets them. */
    function put(step, answers, key) {
      core.memory.set(AREA, placeOf(step), answers && JSON.stringify({ answers, key: key || "" }));
    }

    /** The key under which these answers were sent before and which was not answered; "" when there is none. */
    function keyOf(step, answers) {
      const kept = read(step);
      return kept && kept.key && JSON.stringify(kept.answers) === JSON.stringify(answers) ? kept.key : "";
    }

    /** Put back what was kept, into every form within a part of the page. Own words are words.js' affair. */
    function restore(part) {
      part.querySelectorAll(".ait-form").forEach((form) => {
        const kept = form.querySelector('[type="submit"]:enabled') ? read(form.dataset.step) : null;
        if (!kept) return;
        for (const control of form.querySelectorAll("input[name], select[name]")) {
          const values = kept.answers[control.name] || [];
          if (/^(radio|checkbox)$/.test(control.type)) control.checked = values.includes(control.value);
          else if (control.type !== "hidden") control.value = values[0] || "";
        }
      });
    }

    ["input", "change"].forEach((kind) => root.addEventListener(kind, (event) => {
      const form = event.target.closest(".ait-form");
      if (!form) return;
      const answers = AiTutorKeep.collect(form);
      put(form.dataset.step, answers, keyOf(form.dataset.step, answers));
    }));
    restore(root);
    return { put, keyOf, restore };
  }

  /** A form as {name: [values]}; every control counts, so that a new kind of activity needs nothing here. Own words
      (`data-words`) are left out where they are to be kept: words.js looks after them. */
  AiTutorKeep.collect = function (form, withWords) {
    const answers = {};
    for (const [name, value] of new FormData(form)) {
      const control = form.elements.namedItem(name);
      if (!withWords && control.matches && control.matches("[data-words]")) continue;
      (answers[name] = answers[name] || []).push(String(value));
    }
    return answers;
  };

  window.AiTutorKeep = AiTutorKeep;
})();
