/* What a conversation with the tutor looks like: one turn as it is asked, written, answered or broken off.
   Called by tutor.js. Sends nothing and keeps nothing. */
(function () {
  "use strict";
  if (window.AiTutorTurns) return;
  const core = window.AiTutorCore;

  /** `language` is what the tutor writes in; `progressive()` says whether an answer is shown while it is written. */
  function AiTutorTurns({ strings, log, language, opinions, progressive }) {
    /** An element whose words are the tutor's, in the lesson's language. */
    function tutors(tag, className, text) {
      const element = core.make(tag, className, text);
      element.lang = language;
      return element;
    }

    /** A turn that begins. `asked`: who asks, as it stands above the words; without it the words stand elsewhere. */
    function make(text, { tag = "li", asked = strings.you } = {}) {
      const item = core.make(tag, "ait-turn");
      item.setAttribute("aria-busy", "true");
      if (asked) {
        const box = core.make("div", "ait-turn__you");
        const words = core.make("p", "ait-turn__text", text);
        words.dir = "auto"; // people ask in their own language
        box.append(core.make("p", "ait-speaker", asked), words);
        item.append(box);
      }
      const told = core.make("div", "ait-turn__tutor");
      const notices = tutors("div", "ait-turn__notices");
      const stream = tutors("div", "ait-turn__stream");
      stream.setAttribute("aria-hidden", "true"); // the whole answer is announced once, when it is complete
      const answer = tutors("div", "ait-turn__answer ait-prose");
      told.append(core.make("p", "ait-speaker", strings.tutor), notices, stream, answer);
      item.append(told);
      if (!progressive()) stream.append(core.make("p", "", strings.writing));
      return { item, notices, stream, answer, criteria: null };
    }

    /** A turn of an earlier visit. */
    function past(turn) {
      const shown = make(turn.question);
      (turn.notices || []).forEach((each) => notice(shown, each));
      answered(shown, turn);
      over(shown);
      return shown.item;
    }

    function text(turn, words) {
      // A prompt's comments are lines of its rubric: they come with the whole answer.
      if (!progressive() || turn.criteria) return;
      // Sentences arrive whole; a blank line in the text starts a paragraph.
      words.split(/\n{2,}/).forEach((piece, index) => {
        if (index > 0 || !turn.stream.lastElementChild) turn.stream.append(core.make("p", ""));
        turn.stream.lastElementChild.append(piece);
      });
      follow(turn);
    }

    function notice(turn, { kind, message }) {
      const titles = { redacted: strings.heldBack, blocked: strings.blocked, refused: strings.refused };
      const box = core.make("div", "ait-turn__notice ait-turn__notice--" + (titles[kind] ? kind : "info"));
      if (titles[kind]) box.append(core.make("p", "ait-turn__notice-title", titles[kind]));
      box.append(core.make("p", "", message));
      turn.notices.append(box);
      follow(turn);
    }

    function rubric(turn, criteria) {
      turn.criteria = criteria;
      if (progressive()) turn.stream.replaceChildren(window.AiTutorRubric(strings, criteria, null, language));
      follow(turn);
    }

    /** The finished answer: `end` is the event `done`, or a turn of the transcript. */
    function answered(turn, end) {
      const nodes = core.sanitised(end.html || "");
      if (turn.criteria) turn.answer.replaceChildren(window.AiTutorRubric(strings, turn.criteria, nodes, language));
      else turn.answer.replaceChildren(nodes);
      turn.answer.querySelectorAll(".ait-cite").forEach((link) => {
        const number = link.textContent.replace(/\D/g, "");
        link.setAttribute("aria-label", core.fill(strings.cite, { number }));
        keepTogether(link);
      });
      if (turn.places) turn.answer.querySelectorAll("li").forEach(place);
      if (end.html) turn.answer.after(opinions.bar(end.turn || end.id, end.thumb, end.reported));
      if (end.status === "incomplete") turn.answer.append(core.make("p", "ait-turn__incomplete", strings.incomplete));
    }

    /** A found passage is a link as a whole: its step, its words. */
    function place(item) {
      const link = item.querySelector(".ait-cite");
      if (!link || item.querySelectorAll(".ait-cite").length > 1) return;
      link.remove();
      link.removeAttribute("aria-label");
      link.className = "ait-place";
      link.textContent = item.textContent.trim();
      item.replaceChildren(link);
    }

    /** A full stop after a citation does not start a line. */
    function keepTogether(link) {
      const next = link.nextSibling;
      const stops = next && next.nodeType === Node.TEXT_NODE ? /^[.,;:!?)\]”’"']+/.exec(next.data) : null;
      if (!stops) return;
      const together = core.make("span", "ait-together");
      link.replaceWith(together);
      next.data = next.data.slice(stops[0].length);
      together.append(link, stops[0]);
    }

    /** A turn that failed, with a way to try it again where that helps. */
    function failed(turn, error, retry) {
      turn.answer.replaceChildren();
      const box = core.make("div", "ait-turn__error");
      const words = core.make("p", "", error.message);
      words.setAttribute("role", "alert");
      if (error.theirs) words.lang = language;
      box.append(words);
      if (error.retry) {
        const button = core.make("button", "ait-button ait-button--small", strings.retry);
        button.type = "button";
        button.addEventListener("click", retry);
        box.append(button);
      }
      turn.item.append(box);
    }

    /** What is read out, once: what was held back or stopped, and the answer, each in its own language. */
    function heard(turn) {
      const own = (words) => tutors("span", "", words + " ");
      const said = turn.answer.textContent;
      return [
        ...(turn.notices.textContent ? [own(turn.notices.textContent)] : []),
        ...(said ? [strings.answered + " ", own(said)] : []),
      ];
    }

    /** The turn is over, one way or the other. */
    function over(turn) {
      turn.stream.remove();
      turn.item.removeAttribute("aria-busy");
    }

    /** Keep up with what is being written, until its first line is at the top: then the reader reads on undisturbed.
        What was held back is part of it: it must not scroll away unread. Where there is room, the question stays. */
    function follow(turn) {
      if (!log.contains(turn.item)) return; // beside an activity nothing scrolls under the reader
      const written = turn.stream.isConnected ? turn.stream : turn.answer;
      const first = turn.notices.firstElementChild ? turn.notices : written;
      const fits = turn.item.offsetHeight <= log.clientHeight - 16;
      const top = first.firstElementChild && !fits ? first.offsetTop : turn.item.offsetTop;
      log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, top - 8);
    }

    return { make, past, text, notice, rubric, answered, failed, heard, over, follow };
  }

  window.AiTutorTurns = AiTutorTurns;
})();
