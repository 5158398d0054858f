/* What the workbench's browser runtime expects to find: who is signed in and where handlers are. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  window.studentId = encodeURIComponent(document.body.dataset.student);
  window.handlerBaseUrl = "/handler/";
  window.asideBaseUrl = "/aside_handler/";
});
