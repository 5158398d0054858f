/* Server-sent events as they come over `fetch` (a browser's own EventSource sends neither POST nor a ticket).
   Called by gateway.js. Knows no event by name. */
(function () {
  "use strict";
  if (window.AiTutorEvents) return;

  /** Feed it text in any pieces: it calls back with (event, data) per event. */
  function parser(onEvent) {
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

  /** Read a response to its end; `giveUp` is called after so many milliseconds without a byte. */
  async function read(response, onEvent, { idle, giveUp }) {
    const feed = parser(onEvent);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const timer = window.setTimeout(giveUp, idle);
      const { value, done } = await reader.read().finally(() => window.clearTimeout(timer));
      if (value) feed(decoder.decode(value, { stream: true }));
      if (done) break;
    }
    feed(decoder.decode() + "\n\n");
  }

  window.AiTutorEvents = { parser, read };
})();
