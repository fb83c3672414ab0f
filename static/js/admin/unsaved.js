// A form of the desk that holds unsaved changes asks before its page is left.
const form = document.querySelector("#content-main > form[method=post]:not(#changelist-form)");

// Also what was typed and came back with an error is not saved.
const cameBack = form?.querySelector(".errornote") !== null;
let leavesWithForm = false;
// A double click sends a form once. Who waited this long may send it again.
const PATIENCE_MS = 4000;
let sentAt = -Infinity;

function typed() {
  const fields = new FormData(form);
  fields.delete("csrfmiddlewaretoken");
  return JSON.stringify([...fields].map(([name, value]) => [name, String(value)]));
}

if (form && !form.querySelector("[name=post]")) {
  let opened;
  // Scripts of the desk set some fields up when the page has loaded.
  addEventListener("load", () => setTimeout(() => { opened ??= typed(); }));
  form.addEventListener("input", () => { opened ??= ""; });
  form.addEventListener("submit", (event) => {
    // A preview opens beside this page, which stays.
    leavesWithForm = event.submitter?.formTarget !== "_blank";
    if (!leavesWithForm) return;
    if (event.timeStamp - sentAt < PATIENCE_MS) event.preventDefault();
    else sentAt = event.timeStamp;
  });
  addEventListener("pageshow", () => { leavesWithForm = false; sentAt = -Infinity; });
  addEventListener("beforeunload", (event) => {
    if (leavesWithForm || opened === undefined || (!cameBack && opened === typed())) return;
    event.preventDefault();
    event.returnValue = true; // for browsers that look here
  });
}
