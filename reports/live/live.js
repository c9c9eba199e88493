// Keeps the page up to date while its run goes on. The page's own script does what these events ask for (see page.js).
const note = document.getElementById("state");
const send = (type, detail) => document.dispatchEvent(new CustomEvent("muster:" + type, { detail }));

const take = (event) => {
  const news = JSON.parse(event.data);
  // The page of another run, or one that has no place for the charts yet; at the end nobody is there to load it from.
  if (news.run !== page.run || (news.drawn !== page.drawn && event.type !== "end")) {
    source.close();
    location.reload();
    return;
  }
  document.title = news.title;
  note.textContent = news.note;
  for (const fragment of news.fragments ?? []) send("fragment", fragment);
  if (news.block) send("block", news.block);
  if (news.patch) send("points", news.patch);
};

note.textContent = "Connecting";
const source = new EventSource("events?have=" + page.have);
source.addEventListener("open", () => { note.textContent = "Live"; });
source.addEventListener("change", take);
source.addEventListener("end", (event) => { source.close(); take(event); });
source.addEventListener("error", () => {
  note.textContent = source.readyState === EventSource.CLOSED ? "Not live: reload to try again" : "Connection lost: trying again";
});
