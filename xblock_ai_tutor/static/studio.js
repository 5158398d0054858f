/* The author's editor: problems with their lines, a preview that follows the text, a save that never loses text.
   AiTutorStudio is what Studio calls for studio_view; editor.js looks after the text area. */
(function () {
  "use strict";
  if (window.AiTutorStudio) return;
  const core = window.AiTutorCore;
  const PAUSE_MS = 600; // of typing, before the preview follows

  function AiTutorStudio(runtime, element) {
    const root = core.unwrap(element).querySelector(".ait-studio");
    const config = JSON.parse(root.dataset.config);
    const strings = config.strings;
    const part = (name) => core.part(root, name);
    const handler = (name, body) => core.post(runtime.handlerUrl(core.unwrap(element), name), body);
    const notify = (name, data) => { if (runtime.notify) runtime.notify(name, data); };
    const fields = ["text", "name", "attempts", "weight"].map(part);
    const text = fields[0];
    const editor = window.AiTutorEditor(text, part("ruler"));
    const draft = "ait-draft:" + root.id;
    const now = () => Object.fromEntries(fields.map((field) => [field.dataset.part, field.value]));
    let base = config.base;
    let saved = now();
    let keeping = 0;
    let drawing = 0;
    let asked = 0; // the latest request for a preview; answers to earlier ones come too late
    let shown = null; // the lesson in the preview, and its text

    const changed = () => fields.some((field) => field.value !== saved[field.dataset.part]);
    const state = (words) => { part("state").textContent = words; };
    const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

    // ── saving ──

    async function save() {
      state(strings.saving);
      part("conflict").hidden = true;
      const sent = now();
      const answer = await handler("save_lesson", {
        text: sent.text, display_name: sent.name, max_attempts: sent.attempts, weight: sent.weight, base,
      });
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
      } else if (status === 409 && body.error) {
        state(core.messageOf(body, ""));
        conflict(body.error);
      } else refused(answer, strings.problems);
    }

    /** Somebody else saved meanwhile: the author chooses, once they have been told. */
    function conflict(error) {
      base = error.digest; // saving again is then deliberate
      part("conflict-text").textContent = error.message;
      part("conflict").hidden = false;
      part("mine").onclick = save;
      part("theirs").onclick = () => {
        part("conflict").hidden = true;
        editor.replace(0, text.value.length, error.text);
        saved = { ...saved, text: error.text };
        state(strings.theirs);
      };
      focus(part("conflict"));
    }

    function refused(answer, heading) {
      const error = answer.body.error || {};
      if (error.problems) {
        showProblems(error.problems, core.fill(heading, { count: error.problems.length }), true);
        state(strings.notSaved);
      } else {
        showProblems([], "");
        state(core.failure(answer, strings));
      }
    }

    function showProblems(problems, heading, withFocus) {
      const box = part("problems");
      box.hidden = problems.length === 0;
      part("problems-text").textContent = heading;
      part("problems-list").replaceChildren(...problems.map((problem) => {
        const item = core.make("li", "ait-problem");
        const line = core.make("button", "ait-problem__line", core.fill(strings.line, problem));
        line.type = "button";
        line.addEventListener("click", () => {
          editor.toLine(problem.line);
          window.AiTutorLesson.bringIntoView(text, "nearest");
        });
        item.append(line, core.make("span", "ait-problem__cause", problem.cause), core.make("span", "ait-problem__cure", problem.cure));
        return item;
      }));
      if (problems.length && withFocus) focus(box);
    }

    function focus(target) {
      target.focus({ preventScroll: true });
      window.AiTutorLesson.bringIntoView(target, "start");
    }

    // ── what is not saved stays in this browser ──

    function keepDraft() {
      window.clearTimeout(keeping);
      keeping = window.setTimeout(() => {
        core.memory.set("localStorage", draft, changed() ? JSON.stringify({ ...now(), time: Date.now() }) : null);
      }, 300);
      if (changed()) state(strings.unsaved);
    }

    function offerDraft() {
      let kept = null;
      try { kept = JSON.parse(core.memory.get("localStorage", draft)); } catch (error) { /* not ours */ }
      if (!kept || typeof kept.text !== "string" || fields.every((field) => kept[field.dataset.part] === field.value)) return;
      part("draft").hidden = false;
      part("draft-text").textContent = core.fill(strings.draftFound, { time: new Date(kept.time).toLocaleString() });
      part("restore").addEventListener("click", () => {
        fields.slice(1).forEach((field) => { field.value = kept[field.dataset.part] || ""; });
        part("draft").hidden = true;
        editor.replace(0, text.value.length, kept.text);
      });
      part("discard").addEventListener("click", () => {
        core.memory.set("localStorage", draft, null);
        part("draft").hidden = true;
        text.focus();
      });
    }

    // ── preview ──

    /** Ask for the preview and take the author there. */
    async function preview() {
      state(strings.previewing);
      const mine = (asked += 1);
      const answer = await handler("preview", { text: text.value });
      if (mine !== asked) return;
      if (answer.status !== 200) {
        refused(answer, strings.problemsPreview);
        part("stale").hidden = !shown;
        return;
      }
      showProblems([], "");
      draw(answer.body.html);
      state(strings.previewReady);
      focus(part("preview-area").querySelector("h3"));
    }

    /** Keep the preview beside the text up to date: no focus moves, and what is said is said when it changes. */
    async function follow() {
      const mine = (asked += 1);
      const { status, body } = await handler("preview", { text: text.value, live: true });
      if (status !== 200 || mine !== asked) return; // saving and the button say what is the matter
      const count = body.problems.length;
      const before = part("problems-list").childElementCount;
      if (document.activeElement === null || !part("problems").contains(document.activeElement)) {
        showProblems(body.problems, count ? core.fill(strings.problemsPreview, { count }) : "");
      }
      part("stale").hidden = count === 0 || !shown;
      if (count !== before && (count || before)) state(core.fill(count ? strings.toMend : strings.mended, { count }));
      if (!count) draw(body.html);
    }

    function draw(html) {
      const page = part("preview-page");
      const area = part("preview-area");
      const at = area.scrollTop;
      const step = editor.stepAtCaret() || (shown && shown.lesson.currentStep());
      const source = text.value;
      page.replaceChildren(core.trusted(html));
      part("stale").hidden = true;
      const before = shown && shown.lesson.currentStep();
      const lesson = window.AiTutorLesson.mount(
        page.querySelector(".ait"), (answer) => handler("preview", { text: source, ...answer })
      );
      lesson.showStep(step);
      shown = { lesson };
      area.scrollTop = lesson.currentStep() === before ? at : 0;
    }

    function typed() {
      keepDraft();
      window.clearTimeout(drawing);
      if (part("live").checked) drawing = window.setTimeout(follow, PAUSE_MS);
    }

    function cursor() {
      part("cursor").textContent = core.fill(strings.cursor, editor.caret());
      const step = editor.stepAtCaret();
      if (shown && step && step !== shown.lesson.currentStep() && part("live").checked) shown.lesson.showStep(step);
    }

    function leave() {
      if (changed() && part("leave").hidden) {
        part("leave").hidden = false;
        part("leave-no").focus();
      } else notify("cancel", {});
    }

    part("editor").addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
    part("preview").addEventListener("click", preview);
    part("close").hidden = !runtime.notify;
    part("close").addEventListener("click", leave);
    part("leave-yes").addEventListener("click", () => { saved = now(); keepDraft(); notify("cancel", {}); });
    part("leave-no").addEventListener("click", () => { part("leave").hidden = true; text.focus(); });
    part("insert").addEventListener("click", () => editor.insertStep(config.snippets[part("snippet").value]));
    part("live").checked = core.memory.get("localStorage", "ait-live") !== "no";
    part("live").addEventListener("change", () => {
      core.memory.set("localStorage", "ait-live", part("live").checked ? null : "no");
      if (part("live").checked) follow();
    });
    fields.forEach((field) => field.addEventListener("input", typed));
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
    if (part("live").checked) follow();
  }

  window.AiTutorStudio = AiTutorStudio;
})();
