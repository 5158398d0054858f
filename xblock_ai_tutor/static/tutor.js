/* The tutor beside the lesson: asks with a ticket, shows the answer as it arrives, says it once, keeps what failed.
   Talks to the gateway alone; the platform gives the ticket and takes the receipt. Called by lesson.js.
   ask-for.js is what activities use. */
(function () {
  "use strict";
  if (window.AiTutorTutor) return;
  const core = window.AiTutorCore;
  const Told = window.AiTutorGateway.Told;

  function AiTutorTutor(root, config, lesson, handler) {
    const strings = config.strings;
    const part = (name) => core.part(root, name);
    const question = part("question");
    const list = part("turns");
    const log = part("log");
    const gateway = window.AiTutorGateway(strings, handler);
    const opinions = window.AiTutorOpinions(strings, gateway.request);
    const where = window.AiTutorWhere(root, strings, config.language);
    const turns = window.AiTutorTurns({ strings, log, language: root.lang, opinions, progressive });
    const failed = new Map(); // by where it is shown: what was sent, its key and its turn; sent again it keeps the key
    const activities = window.AiTutorAskFor(root, { askFor, write: takeOver });
    let isOpen = false;
    let busy = false;
    let last = ""; // what was asked last in the conversation

    // A ticket says which steps were tried: after an attempt the tutor may speak of its answers.
    root.addEventListener("ait:attempted", gateway.forgetTicket);

    async function start() {
      say(strings.connecting);
      part("reconnect").hidden = true;
      try {
        const response = await gateway.request("/conversation", { method: "GET" });
        const { turns: past = [], where: places = {}, retention_days: days, allowance } = await core.json(response);
        list.replaceChildren(...past.map(turns.past));
        last = past.length ? past[past.length - 1].question : "";
        where.places(places);
        part("kept").textContent = days === undefined ? "" : core.fill(strings.keptFor, { days });
        showAllowance(allowance);
        part("ask").hidden = false;
        showDelete();
        log.scrollTop = log.scrollHeight;
        say("");
        activities.open();
        isOpen = true;
        where.facts(await core.json(await gateway.request("/residency?language=" + config.language, { method: "GET" })));
      } catch (error) {
        if (isOpen) return; // the dates are missing, and the places are there
        // Nothing has been asked yet: what counts is that the lesson goes on.
        say(error instanceof Told && error.message !== strings.unreachable ? error.message : strings.away);
        part("reconnect").hidden = false;
      }
    }

    // ── one turn ──

    /** Ask, and show the answer in `into` or in the conversation. Gives the status, or "failed". */
    async function ask(sent, into) {
      const shown = into || list;
      const turn = turns.make(sent.text, into ? { tag: "div", asked: "" } : { asked: sent.intent === "where" ? strings.youWhere : strings.you });
      turn.places = sent.intent === "where";
      if (into) into.replaceChildren(turn.item);
      else list.append(turn.item);
      setBusy(true);
      failed.delete(shown);
      turns.follow(turn);
      say(strings.writing);
      let status = "failed";
      try {
        const end = await gateway.turn(sent, (name, data) => {
          if (name === "text") turns.text(turn, data.text);
          else if (name === "notice") turns.notice(turn, data);
          else if (name === "rubric") turns.rubric(turn, data.criteria);
        });
        status = end.status;
        turns.answered(turn, end);
        showAllowance(end.allowance);
        core.say(lesson.live, ...turns.heard(turn));
        if (end.receipt) handler("receipt", { receipt: end.receipt });
        if (!into) last = sent.text;
      } catch (error) {
        const told = error instanceof Told ? error : new Told(strings.broken);
        if (told.retry) failed.set(shown, { ...sent, item: turn.item });
        turns.failed(turn, told, () => (into ? ask(sent, into) : again(sent)));
        if (told.retry && !into && question.value.trim() === "") write(sent.text);
      }
      say("");
      setBusy(false);
      turns.over(turn);
      showDelete();
      turns.follow(turn);
      return status;
    }

    /** What is sent: with its old key when it is the same again after a failure. */
    function toSend(shown, text, intent, step) {
      const before = failed.get(shown);
      if (before) before.item.remove();
      const same = before && before.text === text && before.intent === intent;
      return { text, intent, key: same ? before.key : core.newKey(), step: same ? before.step : step };
    }

    function again(sent) {
      question.focus();
      submit(sent.text, sent.intent);
    }

    /** For activities: see ask-for.js. */
    async function askFor({ intent = "ask", text, into = null, step = lesson.currentStep() }) {
      const problem = problemWith(text);
      if (problem) {
        if (into) into.replaceChildren(core.make("p", "ait-alert", problem));
        core.say(lesson.live, problem);
        return "failed";
      }
      return ask(toSend(into || list, text, intent, step), into);
    }

    // ── what is on the screen ──

    function setBusy(now) {
      busy = now;
      [part("send"), part("where")].forEach((button) => {
        if (now) button.setAttribute("aria-disabled", "true");
        else button.removeAttribute("aria-disabled");
      });
      if (!now) part("ask-error").textContent = ""; // "wait for the answer" has had its day
    }

    /** What is left of the tutor and when it returns, in the gateway's words; nothing where nothing limits it. */
    function showAllowance(allowance) {
      part("allowance").textContent = allowance ? allowance.message : "";
    }

    function showDelete() {
      part("delete").hidden = !list.firstElementChild || !part("confirm").hidden;
      part("downloads").hidden = !list.firstElementChild;
    }

    function say(text) {
      part("tutor-state").textContent = text;
    }

    function progressive() {
      return part("progressive").checked;
    }

    function write(text) {
      question.value = text;
      count();
    }

    function count() {
      part("count").textContent = core.fill(strings.characters, size(question.value));
      part("count").classList.toggle("ait-ask__count--over", question.value.length > config.longest);
      part("ask-error").textContent = "";
    }

    function size(text) {
      return { used: text.length, most: config.longest };
    }

    // ── what the learner does ──

    function problemWith(text) {
      if (busy) return strings.asked;
      if (!text.trim()) return strings.empty;
      return text.length > config.longest ? core.fill(strings.tooLong, size(text)) : "";
    }

    function submit(text, intent) {
      if (busy && !text.trim()) return; // the second half of a double click
      const problem = problemWith(text);
      part("ask-error").textContent = problem;
      if (problem) {
        question.focus();
        return;
      }
      write("");
      ask(toSend(list, text, intent, lesson.currentStep()), null);
    }

    /** An activity's words, for the learner to ask about. */
    function takeOver(text) {
      write(text);
      question.focus({ preventScroll: true });
      window.AiTutorLesson.bringIntoView(question, "center");
    }

    async function forget() {
      try {
        await gateway.request("/conversation", { method: "DELETE" });
        gateway.forgetTicket();
        failed.clear();
        last = "";
        list.replaceChildren();
        say(strings.deleted);
      } catch (error) {
        say(strings.notDeleted);
      }
      confirmDelete(false);
      question.focus();
    }

    function confirmDelete(open) {
      part("confirm").hidden = !open;
      showDelete();
      if (open) part("delete-no").focus();
    }

    part("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      submit(question.value, "ask");
    });
    part("where").addEventListener("click", () => submit(question.value.trim() ? question.value : last, "where"));
    question.addEventListener("input", count);
    question.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        submit(question.value, "ask");
      }
    });
    root.addEventListener("click", (event) => {
      const link = event.target.closest(".ait-cite, .ait-place");
      if (!link) return;
      event.preventDefault();
      say(lesson.showPassage(link.dataset.passage, link) ? "" : strings.passageMissing);
    });
    part("reconnect").addEventListener("click", start);
    ["html", "json"].forEach((form) => part("download-" + form).addEventListener("click", () => {
      opinions.download(form).then(() => say(""), () => say(strings.notDownloaded));
    }));
    part("delete").addEventListener("click", () => confirmDelete(true));
    part("delete-yes").addEventListener("click", forget);
    part("delete-no").addEventListener("click", () => { confirmDelete(false); part("delete").focus(); });
    part("progressive").checked = core.memory.get("localStorage", "ait-progressive") !== "no";
    part("progressive").addEventListener("change", () => {
      core.memory.set("localStorage", "ait-progressive", progressive() ? null : "no");
    });
    count();
    start();
  }

  window.AiTutorTutor = AiTutorTutor;
})();
