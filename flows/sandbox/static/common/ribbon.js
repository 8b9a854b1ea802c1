// The language switch keeps the rest of the address: its query and the part after #.
for (const link of document.querySelectorAll(".practice-ribbon a")) {
  link.addEventListener("click", () => {
    const address = new URL(location.href);
    for (const name of ["lang", "mkt", "hl"]) address.searchParams.delete(name);
    address.searchParams.set("lang", link.lang);
    link.href = address.href;
  });
}
