// Django gives a name to icons that, to assistive technology, are nothing that could have one.
addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".selector .help-tooltip")) icon.setAttribute("role", "img");
});
