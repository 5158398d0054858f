/* The lesson: one step at a time, answers sent and marked, progress shown, passages found for the tutor.
   AiTutorLesson is what the platform calls for the learner's page and for the author's view of a unit;
   AiTutorLesson.mount is what the editor calls for its preview. */
(function () {
  "use strict";
  if (window.AiTutorLesson) return;
  const core = window.AiTutorCore;

  function AiTutorLesson(runtime, element) {
    const root = core.unwrap(element).querySelector(".ait[data-config]");
    if (!root) return;
    const config = JSON.parse(root.dataset.config);
    const handler = (name) => runtime.handlerUrl(core.unwrap(element), name);
    const lesson = mount(root, (body) => core.post(handler(config.preview ? "preview" : "submit"), body));
    if (window.AiTutorTutor && core.part(root, "tutor-state")) {
      window.AiTutorTutor(root, config, lesson, (name, body) => core.post(handler(name), body));
    }
  }

  /** Bring a rendered lesson to life. `send({step, form, key})` marks a step and gives {status, body}. */
  function mount(root, send) {
    const config = JSON.parse(root.dataset.config);
    const strings = config.strings;
    const part = (name) => core.part(root, name);
    const panels = Array.from(root.querySelectorAll("[data-panel]"));
    const gotos = Array.from(root.querySelectorAll("[data-goto]"));
    const live = part("live");
    const back = part("return");
    const place = "ait-step:" + root.id;
    const words = window.AiTutorWords(root, config.words || "");
    const pending = new Map();
    const keep = config.preview ? null : window.AiTutorKeep(root, config.words || root.id);
    let progress = config.progress;
    let current = 0;

    const indexOf = (stepId) => panels.findIndex((panel) => panel.dataset.panel === stepId);
    const titleOf = (panel) => panel.querySelector(".ait-step__title").textContent;
    const kindOf = (panel) => panel.querySelector(".ait-form").dataset.kind;
    const isRead = (kind) => kind === "reading" || kind === "reflect"; // nothing is marked: its button leads on

    function show(index, focus) {
      current = Math.min(Math.max(index, 0), panels.length - 1);
      panels.forEach((panel, at) => { panel.hidden = at !== current; });
      gotos.forEach((button, at) => {
        if (at === current) button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
      });
      core.memory.set("sessionStorage", place, panels[current].dataset.panel);
      pager(part("back"), strings.back, panels[current - 1]);
      // A reading has its own way on, which also counts it as done: a second one beside it would leave it undone.
      pager(part("next"), strings.next, isRead(kindOf(panels[current])) ? undefined : panels[current + 1]);
      part("position").textContent = core.fill(strings.position, { number: current + 1, total: panels.length });
      part("complete").hidden = !(progress.complete && current === panels.length - 1);
      if (focus) {
        const heading = panels[current].querySelector(".ait-step__title");
        heading.focus({ preventScroll: true });
        bringIntoView(heading, "start");
      }
    }

    function pager(button, text, panel) {
      button.hidden = !panel;
      const [before, after = ""] = panel ? text.split("{title}") : [""];
      const title = core.make("span", "", panel ? titleOf(panel) : "");
      title.lang = root.lang;
      button.replaceChildren(before, title, after);
    }

    function showProgress() {
      const done = new Set(progress.done);
      gotos.forEach((button) => {
        const isDone = done.has(button.dataset.goto);
        button.classList.toggle("ait-goto--done", isDone);
        button.querySelector(".ait-goto__done").hidden = !isDone;
      });
      part("progress").value = done.size;
      part("done-of").textContent = core.fill(strings.doneOf, { done: done.size, total: panels.length });
      const box = part("complete");
      box.replaceChildren();
      if (progress.complete) {
        box.append(core.make("p", "ait-complete__title", strings.complete));
        if (progress.possible > 0) {
          const number = (value) => value.toLocaleString(core.locale(config.language), { maximumFractionDigits: 2 });
          const marks = { earned: number(progress.earned), possible: number(progress.possible) };
          box.append(core.make("p", "", core.fill(strings.marks, marks)));
        }
      }
    }

    async function submit(form) {
      const panel = form.closest("[data-panel]");
      const button = form.querySelector('[type="submit"]');
      const alert = core.part(panel, "alert");
      if (button.getAttribute("aria-disabled") === "true") return;
      if (isRead(kindOf(panel)) && progress.done.includes(form.dataset.step)) {
        after(panel, kindOf(panel)); // read before: nothing new to tell the server
        return;
      }
      const step = form.dataset.step;
      const answers = window.AiTutorKeep.collect(form, true);
      const kept = window.AiTutorKeep.collect(form);
      const asText = JSON.stringify(answers);
      // The same answer sent again after a failure, or a reload, keeps its key: the server then counts it once. Own
      // words are not kept with it, so after a reload nobody knows whether they are the same.
      const before = pending.get(step);
      let key = before && before.asText === asText ? before.key : "";
      if (!key && keep && asText === JSON.stringify(kept)) key = keep.keyOf(step, kept);
      key = key || core.newKey();
      pending.set(step, { asText, key });
      if (keep) keep.put(step, kept, key);
      const label = button.textContent;
      button.setAttribute("aria-disabled", "true");
      button.textContent = strings.sending;
      button.lang = config.language; // the form speaks the lesson's language, the page the learner's
      alert.textContent = "";
      const answer = await send({ step, form: answers, key });
      const { status, body } = answer;
      button.removeAttribute("aria-disabled");
      button.textContent = label;
      button.removeAttribute("lang");
      if (status !== 200) {
        alert.textContent = core.failure(answer, strings);
        const missing = status === 422 && firstMissing(form);
        if (missing) missing.focus();
        return;
      }
      pending.delete(step);
      if (keep) keep.put(step, null);
      if (config.preview) {
        progress = { ...body.progress, done: Array.from(new Set([...progress.done, ...body.progress.done])), complete: false };
      } else {
        progress = body.progress;
      }
      showProgress();
      root.dispatchEvent(new CustomEvent("ait:attempted")); // the tutor's next ticket says so
      // A test that is handed in as a whole says now how every step went.
      const forms = body.forms || { [form.dataset.step]: body.html };
      const typed = new FormData(form).get("prompt"); // the server has forgotten it; the learner has not
      for (const [step, html] of Object.entries(forms)) {
        const place = core.part(panels[indexOf(step)], "form");
        place.replaceChildren(core.trusted(html));
        const field = place.querySelector("textarea[name]");
        if (field && step === form.dataset.step) field.value = typed || "";
        words.restore(place);
      }
      root.dispatchEvent(new CustomEvent("ait:form")); // its buttons are new
      after(panel, form.dataset.kind);
    }

    /** Where the learner goes from here: on from a reading (from the last one to what was skipped), to the feedback
        otherwise. */
    function after(panel, kind) {
      const index = panels.indexOf(panel);
      if (index !== current) return; // the learner has gone on while the server was thinking
      const skipped = panels.findIndex((each) => !progress.done.includes(each.dataset.panel));
      const onward = index < panels.length - 1 ? index + 1 : skipped;
      if (isRead(kind) && onward >= 0) {
        show(onward, true);
        return;
      }
      show(index, false);
      const result = panel.querySelector("[data-focus]") || panel.querySelector(".ait-result");
      if (result) {
        result.focus({ preventScroll: true });
        bringIntoView(result, "start");
        if (progress.complete) core.say(live, strings.complete);
      } else if (progress.complete) {
        part("complete").focus({ preventScroll: true });
        bringIntoView(part("complete"), "center");
      } else {
        panel.querySelector('[type="submit"]').focus();
      }
    }

    /** Show a passage that the tutor cites; `from` is where the learner goes back to. False when there is none such. */
    function showPassage(passage, from) {
      const target = root.querySelector('.ait-lesson [data-passage="' + passage + '"]');
      if (!target) return false;
      root.querySelectorAll(".ait-passage--cited").forEach((each) => each.classList.remove("ait-passage--cited"));
      show(indexOf(target.closest("[data-panel]").dataset.panel), false);
      target.classList.add("ait-passage--cited");
      target.setAttribute("tabindex", "-1");
      target.focus({ preventScroll: true });
      bringIntoView(target, "center");
      // Beside the passage, not at the end of the page: the platform's frame is as high as the lesson.
      if (target.tagName === "LI") target.append(back);
      else (target.closest("table") || target).after(back);
      back.hidden = false;
      back.firstElementChild.onclick = () => {
        back.hidden = true;
        target.classList.remove("ait-passage--cited");
        from.focus({ preventScroll: true });
        bringIntoView(from, "center");
      };
      return true;
    }

    root.addEventListener("submit", (event) => {
      const form = event.target.closest(".ait-form");
      if (!form) return;
      event.preventDefault();
      submit(form);
    });
    root.addEventListener("click", (event) => {
      const goto = event.target.closest("[data-goto]");
      if (goto) show(indexOf(goto.dataset.goto), true);
      // A reference inside the lesson (note → authority) moves the focus; platforms' own routers see no "#…".
      const link = event.target.closest('.ait-step a[href^="#"], .ait-to-tutor');
      const target = link && document.getElementById(link.getAttribute("href").slice(1));
      if (target && root.contains(target)) {
        event.preventDefault();
        target.focus({ preventScroll: true });
        bringIntoView(target, "start");
      }
    });
    part("back").addEventListener("click", () => show(current - 1, true));
    part("next").addEventListener("click", () => show(current + 1, true));

    showProgress();
    const kept = indexOf(core.memory.get("sessionStorage", place) || "");
    show(kept >= 0 && !config.preview ? kept : indexOf(config.current), false);
    root.classList.add("ait--ready");
    /** Show a step without moving the focus; nothing happens when there is none of that id. */
    function showStep(stepId) {
      if (indexOf(stepId) >= 0) show(indexOf(stepId), false);
    }
    return { showPassage, showStep, currentStep: () => panels[current].dataset.panel, live };
  }

  /** The first control that still waits for an answer. */
  function firstMissing(form) {
    const chosen = new Set(Array.from(form.querySelectorAll(":checked"), (input) => input.name));
    return Array.from(form.querySelectorAll("input, select, textarea")).find((control) =>
      /^(radio|checkbox)$/.test(control.type) ? !chosen.has(control.name) : control.value === ""
    );
  }

  /** Scroll, gently if that is wanted; inside the platform's frame, which does not scroll, ask the page around it. */
  function bringIntoView(target, block) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block, behavior: still ? "auto" : "smooth" });
    if (window.parent !== window) {
      const top = target.getBoundingClientRect().top + window.scrollY;
      window.parent.postMessage({ offset: Math.max(0, Math.round(top) - 16) }, "*");
    }
  }

  AiTutorLesson.mount = mount;
  AiTutorLesson.bringIntoView = bringIntoView;
  window.AiTutorLesson = AiTutorLesson;
})();
