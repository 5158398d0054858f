/* The text area of the author's editor: going to a line, saying where the caret is, putting a new step in its place.
   studio.js calls AiTutorEditor; nothing here talks to a server. */
(function () {
  "use strict";
  if (window.AiTutorEditor) return;
  const OPENS = /^:::(\w[\w-]*)(?:\s.*?\bid="([^"]*)")?/;

  /** The steps of a lesson's text, as far as it has any: {id, from, to} with lines from 0; `to` is the closing line. */
  function stepsOf(text) {
    const found = [];
    let open = null;
    text.split("\n").forEach((line, number) => {
      const start = OPENS.exec(line);
      if (start) found.push((open = { id: start[2] || "", from: number, to: number }));
      else if (open) {
        open.to = number;
        if (line.trim() === ":::") open = null;
      }
    });
    return found;
  }

  /** `field` is the text area, `ruler` a hidden one of the same width in which heights are measured. */
  function AiTutorEditor(field, ruler) {
    const lineOf = (position) => field.value.slice(0, position).split("\n").length - 1;

    /** Replace a stretch of the text so that the browser's own undo brings it back. */
    function replace(from, to, words) {
      field.focus();
      field.setSelectionRange(from, to);
      const isDone = words ? document.execCommand("insertText", false, words) : document.execCommand("delete");
      if (!isDone) field.setRangeText(words, from, to, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    /** Select a line (from 1) and scroll to it. */
    function toLine(number) {
      const lines = field.value.split("\n");
      const line = Math.min(Math.max(number, 1), lines.length);
      const from = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      field.focus();
      field.setSelectionRange(from, from + lines[line - 1].length);
      // Browsers scroll to a caret when it is typed at, not when it is set: the text before it is measured instead.
      ruler.value = lines.slice(0, line).join("\n");
      field.scrollTop = Math.max(0, ruler.scrollHeight - field.clientHeight / 2);
      ruler.value = "";
      field.dispatchEvent(new Event("click", { bubbles: true }));
    }

    /** Where the caret is: {line, column}, both from 1. */
    function caret() {
      const before = field.value.slice(0, field.selectionStart).split("\n");
      return { line: before.length, column: before[before.length - 1].length + 1 };
    }

    /** The id of the step that the caret is in, or of the last one before it; "" in the front matter. */
    function stepAtCaret() {
      const line = lineOf(field.selectionStart);
      const before = stepsOf(field.value).filter((step) => step.from <= line);
      return before.length ? before[before.length - 1].id : "";
    }

    /** Put a new step after the one in which the caret is, under an id that is free, and select its title. */
    function insertStep(snippet) {
      const steps = stepsOf(field.value);
      const lines = field.value.split("\n");
      const line = lineOf(field.selectionStart);
      const inside = steps.find((step) => step.from <= line && line <= step.to);
      const closing = lines.indexOf("---", 1); // of the front matter
      const after = inside ? inside.to : Math.max(line, lines[0] === "---" ? closing : 0);
      const at = lines.slice(0, after + 1).reduce((sum, each) => sum + each.length + 1, 0) - 1;
      const words = "\n\n" + free(snippet, steps.map((step) => step.id)).trimEnd();
      const follows = (lines[after + 1] || "").trim() !== "";
      replace(at, at, words + (follows ? "\n" : ""));
      const title = /title="([^"]*)"/.exec(words);
      const from = at + title.index + 'title="'.length;
      toLine(lineOf(from) + 1);
      field.setSelectionRange(from, from + title[1].length);
    }

    function free(snippet, taken) {
      const id = /\bid="([^"]*)"/.exec(snippet)[1];
      let name = id;
      for (let number = 2; taken.includes(name); number += 1) name = id + "-" + number;
      return snippet.replace('id="' + id + '"', 'id="' + name + '"');
    }

    return { replace, toLine, caret, stepAtCaret, insertStep };
  }

  AiTutorEditor.stepsOf = stepsOf;
  window.AiTutorEditor = AiTutorEditor;
})();
