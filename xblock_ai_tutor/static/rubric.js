/* The rubric of a prompt as a list: what is there, what is missing, and a comment on each. Called by turns.js. */
(function () {
  "use strict";
  if (window.AiTutorRubric) return;
  const core = window.AiTutorCore;

  /** `criteria` are those of the event `rubric`: [{id, label, met}]. `answer`: nodes of the finished answer, whose list
      has a line "label: comment" for each; without it the comments are still to come. */
  function AiTutorRubric(strings, criteria, answer, language) {
    const box = core.make("div", "ait-review");
    const list = core.make("ul", "ait-review__list");
    const comments = new Map();
    if (answer) {
      answer.querySelectorAll("li").forEach((line) => {
        const label = line.querySelector("strong");
        if (!label) return;
        comments.set(label.textContent, line);
        label.remove();
      });
    }
    for (const { label, met } of criteria) {
      const item = core.make("li", "ait-review__item ait-review__item--" + (met ? "met" : "missing"));
      const head = core.make("p", "ait-review__head");
      const mark = core.make("span", "ait-review__mark", met ? "✓" : "–");
      mark.setAttribute("aria-hidden", "true");
      const name = core.make("strong", "", label);
      name.lang = language;
      head.append(mark, name, " ", core.make("span", "ait-review__verdict", met ? strings.rubricMet : strings.rubricMissing));
      item.append(head);
      const said = comments.get(label);
      if (said) {
        comments.delete(label);
        const words = said.textContent.replace(/^\s*:\s*/, "");
        const comment = core.make("p", "ait-review__comment", words.startsWith(strings.rubricThere) ? words.slice(strings.rubricThere.length).trim() : words);
        comment.lang = language;
        if (comment.textContent) item.append(comment);
        said.remove();
      }
      list.append(item);
    }
    box.append(list);
    // What belongs to no criterion is not lost.
    if (answer && answer.textContent.trim()) {
      const rest = core.make("div", "ait-prose");
      rest.lang = language;
      rest.append(answer);
      box.append(rest);
    }
    return box;
  }

  window.AiTutorRubric = AiTutorRubric;
})();
