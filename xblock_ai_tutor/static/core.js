/* What the lesson, the tutor and the editor share: words, requests, safe HTML, announcements.
   Loaded first. Defines window.AiTutorCore once, however many blocks are on the page. No words of its own: they come
   from the server with the page. */
(function () {
  "use strict";
  if (window.AiTutorCore) return;

  const WAIT_MS = 20000; // a handler answers in well under a second
  const ALLOWED = new Set(
    "P UL OL LI A STRONG EM CODE PRE BLOCKQUOTE BR HR SPAN SUP TABLE THEAD TBODY TR TH TD H4 H5 H6".split(" ")
  );

  /** "{name}" in a text replaced by values.name. */
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  /** The element of that part within a root. */
  function part(root, name) {
    return root.querySelector('[data-part="' + name + '"]');
  }

  /** An element with a class and, if given, text. Text is never read as HTML. */
  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /** Runtimes hand over an element or a jQuery object around one. */
  function unwrap(element) {
    return element.nodeType ? element : element[0];
  }

  function csrfToken() {
    const found = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : "";
  }

  /** POST JSON to one of the block's handlers. Gives {status, body}, and `why` where there is no answer of ours:
      "offline", "slow", "signedOut" or "fault". A page of HTML with status 200 (a sign-in page, say) is status 0. */
  async function post(url, body) {
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), WAIT_MS);
    try {
      const response = await fetch(url, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
        body: JSON.stringify(body),
        signal: stop.signal,
      });
      if (/^application\/json/.test(response.headers.get("Content-Type") || "")) {
        const answer = await response.json();
        if (answer !== null && typeof answer === "object") return { status: response.status, body: answer };
      }
      const away = response.redirected || response.status === 401 || response.status === 403;
      return { status: response.ok ? 0 : response.status, body: {}, why: away ? "signedOut" : "fault" };
    } catch (error) {
      return { status: 0, body: {}, why: stop.signal.aborted ? "slow" : error instanceof SyntaxError ? "fault" : "offline" };
    } finally {
      window.clearTimeout(timer);
    }
  }

  /** What an answer that is no success means for the person: the server's words, or ours for why there are none. */
  function failure({ body, why }, strings) {
    const ours = { offline: strings.offline, slow: strings.slow, signedOut: strings.signedOut, fault: strings.fault };
    return messageOf(body, ours[why] || strings.fault);
  }

  /** A response's JSON object; {} when it has none (a proxy's error page, say). */
  async function json(response) {
    try {
      const body = await response.json();
      return body !== null && typeof body === "object" ? body : {};
    } catch (error) {
      return {};
    }
  }

  /** The message of an error envelope, or another sentence when there is none. */
  function messageOf(body, otherwise) {
    return (body && body.error && body.error.message) || otherwise;
  }

  /** A fresh idempotency key. crypto.randomUUID needs HTTPS or localhost, so it is not used. */
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  }

  /** Say words, or elements with a language of their own, to a screen reader, once. Clearing first makes the same words
      heard again. */
  function say(region, ...words) {
    region.textContent = "";
    window.setTimeout(() => region.replaceChildren(...words), 60);
  }

  /** HTML from our own server (a lesson's form) as nodes. */
  function trusted(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  /** HTML of the tutor's answer as nodes. The gateway has sanitised it; this keeps the contract a second time:
      known elements, links to https or to a passage, nothing else. */
  function sanitised(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const result = document.createDocumentFragment();
    for (const child of parsed.body.childNodes) copy(child, result);
    return result;
  }

  function copy(node, into) {
    if (node.nodeType === Node.TEXT_NODE) {
      into.appendChild(document.createTextNode(node.data));
    } else if (node.nodeType === Node.ELEMENT_NODE && ALLOWED.has(node.tagName)) {
      const element = document.createElement(node.tagName);
      const passage = node.getAttribute("data-passage") || "";
      const href = node.getAttribute("href") || "";
      if (node.tagName === "A" && /^p-[0-9a-f]{8}$/.test(passage)) {
        element.className = "ait-cite";
        element.dataset.passage = passage;
        element.setAttribute("href", "#" + passage);
      } else if (node.tagName === "A" && /^https:\/\//i.test(href)) {
        element.setAttribute("href", href);
        element.setAttribute("rel", "noopener noreferrer");
      }
      for (const child of node.childNodes) copy(child, element);
      into.appendChild(element);
    } else if (node.nodeType === Node.ELEMENT_NODE && !/^(SCRIPT|STYLE|TEMPLATE|IFRAME|OBJECT|NOSCRIPT)$/.test(node.tagName)) {
      for (const child of node.childNodes) copy(child, into);
    }
  }

  /** How the reader writes dates and numbers in that language: as their browser says, and the British way in English. */
  function locale(language) {
    const same = (navigator.languages || []).find((each) => each.split("-")[0] === language);
    return same || (language === "en" ? "en-GB" : language);
  }

  /** Small things kept in the browser; nothing depends on it. */
  const memory = {
    get(area, name) {
      try { return window[area].getItem(name); } catch (error) { return null; }
    },
    set(area, name, value) {
      try {
        if (value === null) window[area].removeItem(name);
        else window[area].setItem(name, value);
      } catch (error) { /* a private window, or storage is full */ }
    },
  };

  /** In the learning front end a unit is in a frame that is as high as it is told: say how high, whenever that changes. */
  function tellHeight() {
    if (window.parent === window || !window.ResizeObserver) return;
    let told = 0;
    new ResizeObserver(() => {
      const height = document.body.scrollHeight;
      if (height === told) return;
      told = height;
      window.parent.postMessage({ type: "plugin.resize", payload: { height } }, document.referrer || "*");
    }).observe(document.body);
  }

  if (document.body) tellHeight();
  else document.addEventListener("DOMContentLoaded", tellHeight);

  window.AiTutorCore = {
    fill, part, make, unwrap, post, json, messageOf, failure, newKey, say, trusted, sanitised, locale, memory,
  };
})();
