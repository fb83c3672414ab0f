// The desk's tables need the room: the list of pages beside them is folded until somebody opens it.
try {
  if (localStorage.getItem("django.admin.navSidebarIsOpen") === null) {
    localStorage.setItem("django.admin.navSidebarIsOpen", "false");
  }
} catch {
  // Nothing may be stored here: Django shows it open.
}
