/* The way to the tutor gateway: a ticket from the platform, requests with it, a turn's events to their end.
   Called by tutor.js. Shows nothing. */
(function () {
  "use strict";
  if (window.AiTutorGateway) return;
  const core = window.AiTutorCore;
  const IDLE_MS = 60000; // without a byte for so long, an answer is given up
  const REPLY_MS = 15000; // and so is anything else that the gateway does not begin to answer

  /** An error that the learner is told. `retry`: the same may be tried again. `theirs`: in the gateway's words. */
  class Told extends Error {
    constructor(message, { retry = true, theirs = false } = {}) {
      super(message);
      this.retry = retry !== false;
      this.theirs = theirs;
    }
  }

  /** `handler(name, body)` posts to the block and gives {status, body}. */
  function AiTutorGateway(strings, handler) {
    let ticket = null;

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
        const { error = {} } = await core.json(response);
        throw new Told(error.message || strings.unreachable, { retry: error.retry, theirs: Boolean(error.message) });
      }
      return response;
    }

    /** Send a turn, {text, key, step, intent}; `onEvent(name, data)` for each event but the last. Gives `done`. */
    async function turn(body, onEvent) {
      const stop = new AbortController();
      const response = await request("/turns", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify(body),
      }, { stop, within: IDLE_MS });
      let end = null;
      let stopped = null;
      const one = (name, text) => {
        const data = JSON.parse(text);
        if (name === "done") end = data;
        else if (name === "error") stopped = new Told(data.message || strings.broken, { retry: data.retry, theirs: true });
        else onEvent(name, data);
      };
      await window.AiTutorEvents.read(response, one, { idle: IDLE_MS, giveUp: () => stop.abort() });
      if (stopped) throw stopped;
      if (!end) throw new Told(strings.broken);
      return end;
    }

    return { request, turn, forgetTicket: () => (ticket = null) };
  }

  AiTutorGateway.Told = Told;
  window.AiTutorGateway = AiTutorGateway;
})();
