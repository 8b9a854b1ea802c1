// A row opens and closes; the answer buttons are inside, so nobody meets them before looking.
for (const summary of document.querySelectorAll("button[aria-controls]")) {
  summary.addEventListener("click", () => {
    const open = summary.getAttribute("aria-expanded") !== "true";
    summary.setAttribute("aria-expanded", String(open));
    document.getElementById(summary.getAttribute("aria-controls")).hidden = !open;
  });
}
