// A form of the desk that holds unsaved changes asks before its page is left.
const form = document.querySelector("#content-main > form[method=post]:not(#changelist-form)");

// Also what was typed and came back with an error is not saved.
const cameBack = form?.querySelector(".errornote") !== null;
let leavesWithForm = false;

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
  });
  addEventListener("pageshow", () => { leavesWithForm = false; });
  addEventListener("beforeunload", (event) => {
    if (leavesWithForm || opened === undefined || (!cameBack && opened === typed())) return;
    event.preventDefault();
    event.returnValue = true; // for browsers that look here
  });
}
