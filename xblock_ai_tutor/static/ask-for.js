/* How an activity asks the tutor about the learner's words. Called by tutor.js.

   In a script of its own:

     root.ait.tutor.askFor({ intent: "prompt", text, into, step })   → a promise of the turn's status

   `root` is the block's element (`element.closest(".ait")`); `root.ait.tutor` is there once the tutor answers, and
   `ait:tutor` is dispatched on `root` then. `intent`: "prompt" reviews `text` as a prompt (the rubric, with comments),
   "ask" answers it, "where" finds passages. `into` is an empty element beside the activity: the answer is shown in it,
   announced once, and can be tried again under the same key. Without it the answer is shown in the conversation. `step`
   is the activity's. The status is the gateway's ("answered", "blocked", "refused", "incomplete") or "failed".

   Or without a script, within a step:

     <p data-ask-tutor="prompt" data-ask-step="the-step" hidden><button type="button">…</button></p>

   The button is shown once the tutor answers, and takes the words of the step's [data-words] field: "prompt", "ask" and
   "where" show the answer below it, "question" puts the words into the tutor's own field. */
(function () {
  "use strict";
  if (window.AiTutorAskFor) return;
  const core = window.AiTutorCore;

  /** `askFor` as above; `write(text)` puts words into the tutor's field and goes there. Gives {open}: the tutor answers. */
  function AiTutorAskFor(root, { askFor, write }) {
    let isOpen = false;

    function show() {
      if (isOpen) root.querySelectorAll("[data-ask-tutor]").forEach((box) => { box.hidden = false; });
    }

    function open() {
      isOpen = true;
      root.ait = { ...root.ait, tutor: { askFor } };
      show();
      root.dispatchEvent(new CustomEvent("ait:tutor"));
    }

    function ask(box) {
      const panel = box.closest("[data-panel]");
      const field = panel.querySelector("[data-words]");
      const text = field ? field.value : "";
      const intent = box.dataset.askTutor;
      if (intent === "question") {
        write(text);
        return;
      }
      if (field && !text.trim()) field.focus();
      let into = core.part(panel, "told");
      if (!into) {
        into = core.make("div", "ait-told");
        into.dataset.part = "told";
        box.after(into);
      }
      askFor({ intent, text, into, step: box.dataset.askStep || panel.dataset.panel });
    }

    root.addEventListener("ait:form", show); // the server sends a step's form anew after each attempt
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-ask-tutor] button");
      if (button) ask(button.closest("[data-ask-tutor]"));
    });
    return { open };
  }

  window.AiTutorAskFor = AiTutorAskFor;
})();
