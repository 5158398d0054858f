/* The learner's own words: kept in this browser and nowhere else, and put before the tutor only when they ask for that.
   lesson.js calls AiTutorWords for a lesson's root; no words of its own. */
(function () {
  "use strict";
  if (window.AiTutorWords) return;
  const core = window.AiTutorCore;
  const STORES = { local: "localStorage", session: "sessionStorage" };

  /** Bring the fields for own words within a root to life. `key` names learner and block; "" keeps nothing. */
  function AiTutorWords(root, key) {
    const placeOf = (field) => "ait-words:" + key + ":" + field.form.dataset.step;

    /** Fill the fields of a part of the page with what was written there before. */
    function restore(part) {
      part.querySelectorAll("textarea[data-words]").forEach((field) => {
        if (key && !field.value) field.value = core.memory.get(STORES[field.dataset.words], placeOf(field)) || "";
      });
      part.querySelectorAll("[data-ask-tutor]").forEach((way) => { way.hidden = !core.part(root, "question"); });
    }

    root.addEventListener("input", (event) => {
      const field = event.target;
      if (key && field.matches("textarea[data-words]")) {
        core.memory.set(STORES[field.dataset.words], placeOf(field), field.value);
      }
    });

    root.addEventListener("click", (event) => {
      const way = event.target.closest("[data-ask-tutor]");
      if (!way || !event.target.closest("button")) return;
      const field = way.closest("form").querySelector("textarea[data-words]");
      const asked = new CustomEvent("ait:ask", {
        cancelable: true,
        detail: { intent: way.dataset.askTutor, step: way.dataset.askStep, text: field.value },
      });
      // tutor.js may take it from here; otherwise the words go into the tutor's box, and the learner sends them.
      if (!root.dispatchEvent(asked)) return;
      const question = core.part(root, "question");
      question.value = field.value;
      question.dispatchEvent(new Event("input", { bubbles: true }));
      question.focus();
    });

    restore(root);
    return { restore };
  }

  window.AiTutorWords = AiTutorWords;
})();
