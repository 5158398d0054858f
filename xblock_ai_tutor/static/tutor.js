/* The tutor beside the lesson: asks with a ticket, shows the answer as it arrives, says it once, keeps what failed.
   Talks to the gateway alone; the platform gives the ticket and takes the receipt. Called by lesson.js. */
(function () {
  "use strict";
  if (window.AiTutorTutor) return;
  const core = window.AiTutorCore;
  const IDLE_MS = 60000; // without a byte for so long, the answer is given up
  const REPLY_MS = 15000; // and so is anything else that the gateway does not begin to answer

  /** A server-sent events parser: feed it text in any pieces, it calls back with (event, data) per event. */
  function eventParser(onEvent) {
    let buffer = "";
    let name = "";
    let data = [];
    function line(text) {
      if (text === "") {
        if (data.length) onEvent(name || "message", data.join("\n"));
        name = "";
        data = [];
        return;
      }
      if (text.startsWith(":")) return;
      const colon = text.indexOf(":");
      const field = colon < 0 ? text : text.slice(0, colon);
      const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
      if (field === "event") name = value;
      else if (field === "data") data.push(value);
    }
    return function feed(text) {
      buffer += text;
      for (;;) {
        const end = /\r\n|\n|\r/.exec(buffer);
        // A carriage return at the very end may be half of a pair: wait for the rest.
        if (!end || (end[0] === "\r" && end.index === buffer.length - 1)) return;
        line(buffer.slice(0, end.index));
        buffer = buffer.slice(end.index + end[0].length);
      }
    };
  }

  /** An error that the learner is told. */
  class Told extends Error {
    constructor(message, retry) {
      super(message);
      this.retry = retry !== false;
    }
  }

  function AiTutorTutor(root, config, lesson, handler) {
    const strings = config.strings;
    const part = (name) => core.part(root, name);
    const question = part("question");
    const state = part("tutor-state");
    const turns = part("turns");
    const log = part("log");
    const opinions = window.AiTutorOpinions(strings, request);
    let ticket = null;
    let busy = false;
    let failed = null; // {text, step, key}: the same question sent again keeps its key

    // A ticket says which steps were tried: after an attempt the tutor may speak of its answers.
    root.addEventListener("ait:attempted", () => (ticket = null));

    // ── the gateway ──

    async function authorised() {
      if (ticket && ticket.until > Date.now()) return ticket;
      const { status, body } = await handler("ticket", {});
      if (status !== 200) throw new Told(core.messageOf(body, strings.unreachable));
      ticket = { ...body, until: Date.now() + (body.expires_in - 15) * 1000 };
      return ticket;
    }

    /** A request with the ticket, given up when no answer begins; a ticket that is refused is renewed once. */
    async function request(path, init, { stop = new AbortController(), within = REPLY_MS, again = true } = {}) {
      const { url, ticket: token } = await authorised();
      const timer = window.setTimeout(() => stop.abort(), within);
      let response;
      try {
        response = await fetch(url + path, {
          ...init,
          signal: stop.signal,
          credentials: "omit",
          referrerPolicy: "no-referrer",
          headers: { ...init.headers, Authorization: "Bearer " + token },
        });
      } catch (error) {
        throw new Told(strings.unreachable);
      } finally {
        window.clearTimeout(timer);
      }
      if (response.status === 401 && again) {
        ticket = null;
        return request(path, init, { stop, within, again: false });
      }
      if (!response.ok) {
        const body = await core.json(response);
        throw new Told(core.messageOf(body, strings.unreachable), !body.error || body.error.retry);
      }
      return response;
    }

    async function start() {
      say(strings.connecting);
      part("reconnect").hidden = true;
      try {
        const response = await request("/conversation", { method: "GET" });
        const { turns: past = [], where = {}, retention_days: days, allowance } = await core.json(response);
        turns.replaceChildren(...past.map(pastTurn));
        for (const name of ["stored_in", "processed_in", "usage_metadata_in"]) {
          if (where[name]) part(name).textContent = place(where[name]);
        }
        part("kept").textContent = days === undefined ? "" : core.fill(strings.keptFor, { days });
        showAllowance(allowance);
        part("ask").hidden = false;
        showDelete();
        toBottom();
        say("");
      } catch (error) {
        // Nothing has been asked yet: what counts is that the lesson goes on.
        say(error instanceof Told && error.message !== strings.unreachable ? error.message : strings.away);
        part("reconnect").hidden = false;
      }
    }

    /** A country code as its name in the page's language; anything else as the gateway says it. */
    function place(found) {
      if (!/^[A-Z]{2}$/.test(found)) return found;
      try {
        return new Intl.DisplayNames([root.lang || "en"], { type: "region" }).of(found);
      } catch (error) {
        return found;
      }
    }

    // ── one turn ──

    async function ask(text, key, step) {
      busy = true;
      failed = null;
      part("send").setAttribute("aria-disabled", "true");
      const turn = newTurn(text);
      turns.append(turn.item);
      follow(turn);
      say(strings.writing);
      try {
        const end = await stream(turn, { text, key, step });
        finish(turn, end);
      } catch (error) {
        fail(turn, error instanceof Told ? error : new Told(strings.broken), { text, key, step });
      }
      busy = false;
      part("ask-error").textContent = ""; // "wait for the answer" has had its day
      part("send").removeAttribute("aria-disabled");
      turn.stream.remove();
      turn.item.removeAttribute("aria-busy");
      showDelete();
      follow(turn);
    }

    /** Send a question and read the stream to its end. Gives the `done` event. */
    async function stream(turn, body) {
      const stop = new AbortController();
      const response = await request("/turns", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify(body),
      }, { stop, within: IDLE_MS });
      let end = null;
      let stopped = null;
      const feed = eventParser((name, data) => {
        const event = JSON.parse(data);
        if (name === "text") addText(turn, event.text);
        else if (name === "notice") addNotice(turn, event);
        else if (name === "error") stopped = new Told(event.message || strings.broken, event.retry);
        else if (name === "done") end = event;
      });
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const idle = window.setTimeout(() => stop.abort(), IDLE_MS);
        const { value, done } = await reader.read().finally(() => window.clearTimeout(idle));
        if (value) feed(decoder.decode(value, { stream: true }));
        if (done) break;
      }
      feed(decoder.decode() + "\n\n");
      if (stopped) throw stopped;
      if (!end) throw new Told(strings.broken);
      return end;
    }

    function finish(turn, end) {
      say("");
      showAnswer(turn, end);
      showAllowance(end.allowance);
      const heard = [turn.notices.textContent, turn.answer.textContent && strings.answered, turn.answer.textContent];
      core.say(lesson.live, heard.filter(Boolean).join(" "));
      if (end.receipt) handler("receipt", { receipt: end.receipt });
    }

    function fail(turn, error, sent) {
      say("");
      turn.answer.replaceChildren();
      const box = core.make("div", "ait-turn__error");
      const words = core.make("p", "", error.message);
      words.setAttribute("role", "alert");
      box.append(words);
      if (error.retry) {
        failed = { ...sent, item: turn.item };
        const retry = core.make("button", "ait-button ait-button--small", strings.retry);
        retry.type = "button";
        retry.addEventListener("click", () => { question.focus(); submit(sent.text); });
        box.append(retry);
        if (question.value.trim() === "") {
          question.value = sent.text;
          count();
        }
      }
      turn.item.append(box);
    }

    // ── what is on the screen ──

    function newTurn(text) {
      const item = core.make("li", "ait-turn");
      item.setAttribute("aria-busy", "true");
      const asked = core.make("div", "ait-turn__you");
      const words = core.make("p", "ait-turn__text", text);
      words.dir = "auto"; // people ask in their own language
      asked.append(core.make("p", "ait-speaker", strings.you), words);
      const told = core.make("div", "ait-turn__tutor");
      const notices = core.make("div", "ait-turn__notices");
      const stream = core.make("div", "ait-turn__stream");
      stream.setAttribute("aria-hidden", "true"); // the whole answer is announced once, when it is complete
      const answer = core.make("div", "ait-turn__answer ait-prose");
      told.append(core.make("p", "ait-speaker", strings.tutor), notices, stream, answer);
      item.append(asked, told);
      if (!progressive()) stream.append(core.make("p", "", strings.writing));
      return { item, notices, stream, answer };
    }

    function pastTurn(past) {
      const turn = newTurn(past.question);
      turn.item.removeAttribute("aria-busy");
      turn.stream.remove();
      (past.notices || []).forEach((notice) => addNotice(turn, notice));
      showAnswer(turn, past);
      return turn.item;
    }

    function addText(turn, text) {
      if (!progressive()) return;
      // Sentences arrive whole; a blank line in the text starts a paragraph.
      text.split(/\n{2,}/).forEach((piece, index) => {
        if (index > 0 || !turn.stream.lastElementChild) turn.stream.append(core.make("p", ""));
        turn.stream.lastElementChild.append(piece);
      });
      follow(turn);
    }

    function addNotice(turn, notice) {
      const titles = { redacted: strings.heldBack, blocked: strings.blocked, refused: strings.refused };
      const box = core.make("div", "ait-turn__notice ait-turn__notice--" + (titles[notice.kind] ? notice.kind : "info"));
      if (titles[notice.kind]) box.append(core.make("p", "ait-turn__notice-title", titles[notice.kind]));
      box.append(core.make("p", "", notice.message));
      turn.notices.append(box);
      follow(turn);
    }

    function showAnswer(turn, end) {
      turn.answer.replaceChildren(core.sanitised(end.html || ""));
      turn.answer.querySelectorAll(".ait-cite").forEach((link) => {
        const number = link.textContent.replace(/\D/g, "");
        link.setAttribute("aria-label", core.fill(strings.cite, { number }));
        keepTogether(link);
      });
      if (end.html) turn.answer.after(opinions.bar(end.turn || end.id, end.thumb, end.reported));
      if (end.status === "incomplete") turn.answer.append(core.make("p", "ait-turn__incomplete", strings.incomplete));
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

    /** What is left of the tutor and when it returns, in the gateway's words; nothing where nothing limits it. */
    function showAllowance(allowance) {
      part("allowance").textContent = allowance ? allowance.message : "";
    }

    function showDelete() {
      part("delete").hidden = !turns.firstElementChild || !part("confirm").hidden;
      part("downloads").hidden = !turns.firstElementChild;
    }

    function toBottom() {
      log.scrollTop = log.scrollHeight;
    }

    /** Keep up with what is being written, until its first line is at the top: then the reader reads on undisturbed.
        What was held back is part of it: it must not scroll away unread. Where there is room, the question stays. */
    function follow(turn) {
      const written = turn.stream.isConnected ? turn.stream : turn.answer;
      const first = turn.notices.firstElementChild ? turn.notices : written;
      const fits = turn.item.offsetHeight <= log.clientHeight - 16;
      const top = first.firstElementChild && !fits ? first.offsetTop : turn.item.offsetTop;
      log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, top - 8);
    }

    function say(text) {
      state.textContent = text;
    }

    function progressive() {
      return part("progressive").checked;
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

    function submit(text) {
      if (busy && !text.trim()) return; // the second half of a double click
      let problem = "";
      if (busy) problem = strings.asked;
      else if (!text.trim()) problem = strings.empty;
      else if (text.length > config.longest) problem = core.fill(strings.tooLong, size(text));
      part("ask-error").textContent = problem;
      if (problem) {
        question.focus();
        return;
      }
      const again = failed && failed.text === text ? failed : null;
      if (failed) failed.item.remove();
      question.value = "";
      count();
      ask(text, again ? again.key : core.newKey(), again ? again.step : lesson.currentStep());
    }

    async function forget() {
      try {
        await request("/conversation", { method: "DELETE" });
        ticket = null;
        failed = null;
        turns.replaceChildren();
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
      submit(question.value);
    });
    question.addEventListener("input", count);
    question.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        submit(question.value);
      }
    });
    log.addEventListener("click", (event) => {
      const link = event.target.closest(".ait-cite");
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

  AiTutorTutor.eventParser = eventParser;
  window.AiTutorTutor = AiTutorTutor;
})();
