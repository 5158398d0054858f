/* The author's editor: problems with their lines, a preview that can be tried, a save that never loses text.
   AiTutorStudio is what Studio calls for studio_view. */
(function () {
  "use strict";
  if (window.AiTutorStudio) return;
  const core = window.AiTutorCore;

  function AiTutorStudio(runtime, element) {
    const root = core.unwrap(element).querySelector(".ait-studio");
    const config = JSON.parse(root.dataset.config);
    const strings = config.strings;
    const part = (name) => core.part(root, name);
    const handler = (name, body) => core.post(runtime.handlerUrl(core.unwrap(element), name), body);
    const notify = (name, data) => { if (runtime.notify) runtime.notify(name, data); };
    const text = part("text");
    const name = part("name");
    const draft = "ait-draft:" + root.id;
    let base = config.base;
    let saved = { text: text.value, name: name.value };
    let waiting = 0;

    const changed = () => text.value !== saved.text || name.value !== saved.name;
    const state = (words) => { part("state").textContent = words; };
    const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

    // ── saving ──

    async function save() {
      state(strings.saving);
      const sent = { text: text.value, name: name.value };
      const answer = await handler("save_lesson", { text: sent.text, display_name: sent.name, base });
      const { status, body } = answer;
      if (status === 200) {
        base = body.digest;
        saved = sent;
        keepDraft();
        showProblems([], "");
        state(core.fill(strings.savedAt, { time: clock(Date.now()) }));
        // Studio closes its editor on "end"; it is told only when nothing was typed meanwhile.
        if (!changed()) {
          notify("save", { state: "start", message: strings.saving });
          notify("save", { state: "end" });
        }
        return;
      }
      if (status === 409 && body.error) base = body.error.digest; // told once; saving again is then deliberate
      refused(answer, strings.problems);
    }

    function refused(answer, heading) {
      const error = answer.body.error || {};
      if (error.problems) {
        showProblems(error.problems, core.fill(heading, { count: error.problems.length }));
        state(strings.notSaved);
      } else {
        showProblems([], "");
        state(core.failure(answer, strings));
      }
    }

    function showProblems(problems, heading) {
      const box = part("problems");
      box.hidden = problems.length === 0;
      part("problems-text").textContent = heading;
      part("problems-list").replaceChildren(...problems.map((problem) => {
        const item = core.make("li", "ait-problem");
        const line = core.make("button", "ait-problem__line", core.fill(strings.line, problem));
        line.type = "button";
        line.addEventListener("click", () => toLine(problem.line));
        item.append(line, core.make("span", "ait-problem__cause", problem.cause), core.make("span", "ait-problem__cure", problem.cure));
        return item;
      }));
      if (problems.length) {
        box.focus({ preventScroll: true });
        window.AiTutorLesson.bringIntoView(box, "start");
      }
    }

    // ── the text ──

    /** Select a line (from 1) and scroll to it. */
    function toLine(number) {
      const lines = text.value.split("\n");
      const line = Math.min(Math.max(number, 1), lines.length);
      const from = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      text.focus();
      // Browsers scroll to a caret when it is typed at, not when it is set: measure the text before it instead.
      const whole = text.value;
      text.value = lines.slice(0, line).join("\n");
      text.scrollTop = text.scrollHeight;
      const bottom = text.scrollTop;
      text.value = whole;
      text.scrollTop = bottom > 0 ? bottom + text.clientHeight / 2 : 0;
      text.setSelectionRange(from, from + lines[line - 1].length);
      window.AiTutorLesson.bringIntoView(text, "nearest");
      cursor();
    }

    function cursor() {
      const before = text.value.slice(0, text.selectionStart).split("\n");
      const at = { line: before.length, column: before[before.length - 1].length + 1 };
      part("cursor").textContent = core.fill(strings.cursor, at);
    }

    // ── what is not saved stays in this browser ──

    function keepDraft() {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => {
        const kept = changed() ? JSON.stringify({ text: text.value, name: name.value, time: Date.now() }) : null;
        core.memory.set("localStorage", draft, kept);
      }, 300);
      if (changed()) state(strings.unsaved);
    }

    function offerDraft() {
      let kept = null;
      try { kept = JSON.parse(core.memory.get("localStorage", draft)); } catch (error) { /* not ours */ }
      if (!kept || typeof kept.text !== "string" || kept.text === text.value) return;
      part("draft").hidden = false;
      part("draft-text").textContent = core.fill(strings.draftFound, { time: new Date(kept.time).toLocaleString() });
      part("restore").addEventListener("click", () => {
        text.value = kept.text;
        name.value = kept.name;
        part("draft").hidden = true;
        state(strings.unsaved);
        text.focus();
      });
      part("discard").addEventListener("click", () => {
        core.memory.set("localStorage", draft, null);
        part("draft").hidden = true;
        text.focus();
      });
    }

    // ── preview ──

    async function preview() {
      state(strings.previewing);
      const shown = text.value;
      const answer = await handler("preview", { text: shown });
      const { status, body } = answer;
      if (status !== 200) {
        refused(answer, strings.problemsPreview);
        part("preview-area").hidden = true;
        return;
      }
      showProblems([], "");
      const page = part("preview-page");
      page.replaceChildren(core.trusted(body.html));
      part("preview-area").hidden = false;
      window.AiTutorLesson.mount(page.querySelector(".ait"), (answer) => handler("preview", { text: shown, ...answer }));
      state(strings.previewReady);
      const heading = part("preview-area").querySelector("h3");
      heading.focus({ preventScroll: true });
      window.AiTutorLesson.bringIntoView(heading, "start");
    }

    part("editor").addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
    part("preview").addEventListener("click", preview);
    part("close").hidden = !runtime.notify;
    part("close").addEventListener("click", () => notify("cancel", {}));
    [text, name].forEach((field) => field.addEventListener("input", keepDraft));
    ["keyup", "click", "input"].forEach((event) => text.addEventListener(event, cursor));
    text.addEventListener("keydown", (event) => {
      if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        save();
      }
    });
    window.addEventListener("beforeunload", (event) => { if (changed() && document.contains(root)) event.preventDefault(); });
    offerDraft();
    cursor();
  }

  window.AiTutorStudio = AiTutorStudio;
})();
