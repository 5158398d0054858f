/* The learner's own words: kept in this browser and nowhere else. lesson.js calls AiTutorWords for a lesson's root.
   The way from them to the tutor ([data-ask-tutor] beside a field [data-words]) is the tutor's to open. */
(function () {
  "use strict";
  if (window.AiTutorWords) return;
  const core = window.AiTutorCore;
  const STORES = { local: "localStorage", session: "sessionStorage" };

  /** Keep what is written into the fields for own words within a root. `key` names learner and block; "" keeps nothing.
      Gives {restore}: fill the fields of a part of the page with what was written there before. */
  function AiTutorWords(root, key) {
    const storeOf = (field) => STORES[field.dataset.words];
    const placeOf = (field) => "ait-words:" + key + ":" + field.form.dataset.step;

    function restore(part) {
      part.querySelectorAll("textarea[data-words]").forEach((field) => {
        if (key && !field.value) field.value = core.memory.get(storeOf(field), placeOf(field)) || "";
      });
    }

    root.addEventListener("input", (event) => {
      const field = event.target;
      if (key && field.matches("textarea[data-words]")) {
        core.memory.set(storeOf(field), placeOf(field), field.value || null);
      }
    });
    restore(root);
    return { restore };
  }

  window.AiTutorWords = AiTutorWords;
})();
