// Moves the demo's progress bar on, and loads the page again once the month is there.
"use strict";

const PAUSE_MS = 1000;
const box = document.getElementById("progress");

async function follow() {
  try {
    const answer = await fetch(box.dataset.source, { cache: "no-store" });
    const status = await answer.json();
    if (status.is_over) {
      location.reload();
      return;
    }
    box.querySelector("progress").value = Math.round(status.share * 100);
    const line = document.getElementById("progress-text");
    if (line.textContent !== status.text) line.textContent = status.text;
  } catch {
    // The server is busy or away: the bar stays where it is, and we ask again.
  }
  setTimeout(follow, PAUSE_MS);
}

if (box && box.dataset.source) setTimeout(follow, PAUSE_MS);
