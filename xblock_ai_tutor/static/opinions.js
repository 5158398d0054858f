/* What a learner says of an answer: a thumb, or a report that a person looks at; and the conversation as a file.
   Called by tutor.js, which brings `request`: a fetch with the learner's ticket. */
(function () {
  "use strict";
  if (window.AiTutorOpinions) return;
  const core = window.AiTutorCore;

  function button(words, extra) {
    const made = core.make("button", "ait-button ait-button--quiet ait-button--small" + (extra || ""), words);
    made.type = "button";
    return made;
  }

  function AiTutorOpinions(strings, request) {
    function send(path, body) {
      return request(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    }

    /** The row under an answer. `thumb` and `reported` are what the learner said of it before. */
    function bar(turn, thumb, reported) {
      const row = core.make("div", "ait-opinions");
      const told = core.make("p", "ait-opinions__told");
      told.setAttribute("role", "status");
      const thumbs = [["up", strings.helpful], ["down", strings.notHelpful]].map(([value, words]) => {
        const made = button(words, " ait-opinions__thumb");
        made.setAttribute("aria-pressed", String(thumb === value));
        made.addEventListener("click", async () => {
          const wanted = made.getAttribute("aria-pressed") === "true" ? "none" : value;
          try {
            await send("/feedback", { turn, thumb: wanted });
            thumbs.forEach((each) => each.setAttribute("aria-pressed", String(each === made && wanted !== "none")));
            told.textContent = wanted === "none" ? strings.opinionBack : strings.opinionKept;
          } catch (error) {
            told.textContent = error.message || strings.unreachable;
          }
        });
        return made;
      });
      row.append(...thumbs, ...(reported ? [] : reporting(turn, told)), told);
      if (reported) told.textContent = strings.reported;
      return row;
    }

    /** The button that opens the choice, and the choice. */
    function reporting(turn, told) {
      const open = button(strings.report);
      const choice = core.make("div", "ait-opinions__choice");
      choice.hidden = true;
      choice.setAttribute("role", "group");
      choice.setAttribute("aria-label", strings.report);
      choice.append(core.make("p", "", strings.reportHow));
      function show(shown) {
        choice.hidden = !shown;
        open.setAttribute("aria-expanded", String(shown));
        (shown ? choice.querySelector("button") : open).focus();
      }
      for (const [kind, words] of [["wrong", strings.reportWrong], ["worrying", strings.reportWorrying]]) {
        const made = button(words);
        made.addEventListener("click", async () => {
          try {
            await send("/reports", { turn, kind });
            told.textContent = strings.reported;
            told.tabIndex = -1;
            told.focus(); // the buttons go
            open.remove();
            choice.remove();
          } catch (error) {
            told.textContent = error.message || strings.unreachable;
          }
        });
        choice.append(made);
      }
      const cancel = button(strings.reportCancel);
      cancel.addEventListener("click", () => show(false));
      choice.append(cancel);
      open.setAttribute("aria-expanded", "false");
      open.addEventListener("click", () => show(choice.hidden));
      choice.addEventListener("keydown", (event) => {
        if (event.key === "Escape") show(false);
      });
      return [open, choice];
    }

    /** Save the whole conversation as a file: `html` to read, `json` as data. */
    async function download(form) {
      const response = await request("/conversation/download?format=" + form, { method: "GET" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = "tutor-conversation." + form;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    }

    return { bar, download };
  }

  window.AiTutorOpinions = AiTutorOpinions;
})();
