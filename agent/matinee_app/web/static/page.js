// Puts the pieces of an answer in their places as they come, and remembers who watches. Without it the page works, too:
// every button belongs to a form. All HTML comes from the server's own templates; words are set as text.
"use strict";
(() => {
  const $ = (query, within = document) => within.querySelector(query);
  const ask = $("#ask"), box = $("#query"), talk = $("#talk"), toast = $("#toast"), go = $(".go", ask);
  const noticed = new Set();
  let running = null;

  const kept = (name, value) => {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem("matinee." + name));
      localStorage.setItem("matinee." + name, JSON.stringify(value));
    } catch { /* a browser may keep nothing */ }
    return null;
  };

  // ---- who watches, and the settings

  const who = ask.elements.user_id;
  const settings = ["limit", "surprise", "spoilers", "strict"].map((name) => ask.elements[name]);
  const remember = () => {
    const name = who.value.trim();
    kept("who", name);
    if (name) kept("viewers", [name, ...(kept("viewers") || []).filter((one) => one !== name)].slice(0, 12));
    kept("settings", settings.map((one) => (one.type === "checkbox" ? one.checked : one.value)));
    showViewers();
  };
  const showViewers = () => {
    $("#viewers").replaceChildren(...(kept("viewers") || []).map((name) => new Option(name, name)));
    $("#list").href = "/list" + (who.value.trim() ? "?" + new URLSearchParams({ user_id: who.value.trim() }) : "");
  };
  if (!who.value) who.value = kept("who") || "";
  (kept("settings") || []).forEach((value, at) => {
    const field = settings[at];
    if (field && field.type === "checkbox") field.checked = value === true;
    else if (field && value) field.value = value;
  });
  ask.addEventListener("change", remember);
  showViewers();

  // ---- conversations of before

  const history = $("#history");
  const note = (thread, query) => {
    const known = (kept("history") || []).filter((one) => one.thread !== thread);
    const before = (kept("history") || []).find((one) => one.thread === thread);
    kept("history", [before || { thread, query: query.slice(0, 120) }, ...known].slice(0, 30));
    showHistory();
  };
  const showHistory = () => {
    const known = kept("history") || [];
    history.classList.toggle("empty", !known.length); // its place is kept: nothing moves when it comes
    history.hidden = false;
    $("ul", history).replaceChildren(...known.map((one) => {
      const link = document.createElement("a"), item = document.createElement("li");
      link.href = "/c/" + encodeURIComponent(one.thread);
      link.textContent = one.query;
      item.append(link);
      return item;
    }));
  };
  $("button", history).addEventListener("click", () => { kept("history", []); showHistory(); $("#new").focus(); });
  showHistory();
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && $(".menu[open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); }
  });

  // ---- asking

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    ask.requestSubmit(go);
  });

  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter === go && running) return running.abort();
    const form = new FormData(ask, event.submitter);
    const query = (form.get("fresh") || form.get("again") || form.get("query")).trim();
    if (!query) return box.focus();
    if (running) running.abort();
    toast.hidden = true;
    if (event.submitter === go) box.value = "";
    remember();
    answer(form, query);
  });

  const answer = async (form, query) => {
    const stopping = (running = new AbortController());
    const turn = new Turn(query, Number(form.get("limit")) || 4);
    go.firstChild.textContent = "Stop";
    try {
      const response = await fetch("/", {
        method: "POST", body: new URLSearchParams(form), headers: { Accept: "text/event-stream" }, signal: stopping.signal,
      });
      if (!response.ok) throw new Error(await sentence(response));
      for await (const [name, piece] of eventsOf(response.body)) {
        if (name === "error") throw new Error(piece.message);
        turn[name]?.(piece);
        if (name === "done") {
          ask.elements.thread_id.value = piece.thread;
          window.history.replaceState(null, "", "/c/" + piece.thread);
          note(piece.thread, query);
        }
      }
      if (!turn.ended) throw new Error("The answer broke off. Is matinee still running? Ask again.");
    } catch (error) {
      const gone = error instanceof TypeError;
      turn.failed(stopping.signal.aborted ? "Stopped." : gone ? "matinee does not answer. Is it still running? Start it with “matinee serve”, then ask again." : error.message);
    } finally {
      if (running === stopping) { running = null; document.body.classList.remove("busy"); go.firstChild.textContent = "Ask"; }
    }
  };

  const sentence = async (response) => {
    if (response.status === 401) location.assign("/sign-in");
    try { return (await response.json()).error.message; } catch { return "Something went wrong; ask again."; }
  };

  async function* eventsOf(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s)));
        if (fields.data) yield [fields.event, JSON.parse(fields.data)];
      }
    }
  }

  const html = (text) => {
    const holder = document.createElement("template");
    holder.innerHTML = text; // of the server's templates, which escape what they are given
    return holder.content;
  };

  class Turn {
    constructor(query, limit) {
      document.body.className = "talking scripted busy";
      box.placeholder = "Go on, or ask anew";
      const made = $("#turn").content.cloneNode(true);
      this.node = made.firstElementChild;
      this.cards = $(".cards", made);
      this.limit = limit;
      this.filled = 0;
      this.node.setAttribute("aria-label", "You asked: " + query);
      $("h2", made).textContent = query;
      talk.append(made);
      this.stage({ text: "Reading …" });
      this.wait();
      this.node.scrollIntoView({ block: "start", behavior: "smooth" });
    }
    // Places are kept for the row that fills, and no further: what grows then has nothing below it to push.
    wait() {
      const more = () => this.cards.append($("#waiting").content.cloneNode(true));
      if (this.filled < this.limit && this.cards.childElementCount <= this.filled) more(); // an empty list has no columns
      const columns = getComputedStyle(this.cards).gridTemplateColumns.split(" ").length;
      const row = Math.min(this.limit, (Math.floor(this.filled / columns) + 1) * columns);
      while (this.cards.childElementCount < row) more();
    }
    stage({ text }) {
      const under = $(".under", this.node);
      if (!$(".stage", under)) under.append(Object.assign(document.createElement("p"), { className: "stage" }));
      $(".stage", under).textContent = text;
    }
    chips({ html: row }) { $(".chips", this.node).replaceChildren(html(row)); }
    put(position, content) {
      const place = this.cards.children[position - 1] || this.cards.appendChild(document.createElement("li"));
      place.className = "";
      place.replaceChildren(html(content));
      return place;
    }
    begun({ position, html: content }) { this.put(position, content); }
    text({ position, text }) {
      const reason = $(".writing .reason", this.cards.children[position - 1] || this.cards);
      if (reason) reason.textContent = text;
    }
    card({ position, html: content, spoken }) {
      this.put(position, content);
      this.filled = position;
      this.wait();
      $("#spoken").textContent = spoken;
    }
    notice({ text }) {
      if (noticed.has(text)) return;
      noticed.add(text);
      $(".notices", this.node).append(Object.assign(document.createElement("li"), { textContent: text }));
    }
    done({ chips, answer: said, films }) {
      this.end();
      this.chips({ html: chips }); // what gave way meanwhile is gone
      $(".answer", this.node).textContent = said;
      $("#spoken").textContent = said || films + (films === 1 ? " film." : " films.");
    }
    failed(message) {
      this.end();
      const told = Object.assign(document.createElement("p"), { className: "fault", textContent: message });
      told.setAttribute("role", "alert");
      this.node.append(told);
    }
    end() {
      this.ended = true;
      $(".stage", this.node)?.remove();
      for (const place of this.node.querySelectorAll("li.waiting, li:has(.writing)")) place.remove();
    }
  }

  // ---- what a viewer says of a film

  let hiding = 0, undoing = null;
  const say = (text, undo) => {
    $("span", toast).textContent = text;
    $("button", toast).hidden = !undo;
    undoing = undo;
    toast.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { if (!toast.contains(document.activeElement)) toast.hidden = true; }, 9000);
  };
  $("button", toast).addEventListener("click", () => { const undo = undoing; undoing = null; toast.hidden = true; undo?.(); });

  const api = async (method, address, body) => {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const response = await fetch("/api/taste" + address, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(await sentence(response));
    return response.status === 204 ? null : response.json();
  };
  const pressed = (movie, kind) => {
    for (const form of document.querySelectorAll("form.verdicts")) {
      if (form.elements.movie_id.value !== movie) continue;
      for (const button of form.querySelectorAll("[name=kind]")) button.setAttribute("aria-pressed", button.value === kind);
    }
  };
  const told = (action) => action().catch((error) => say(error instanceof TypeError ? "matinee does not answer; nothing was noted." : error.message));

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.verdicts"), button = event.submitter;
    if (!form || !button || button.name !== "kind") return;
    event.preventDefault();
    const movie_id = form.elements.movie_id.value, user_id = who.value.trim() || "me";
    if (!who.value.trim()) { who.value = user_id; remember(); }
    const forget = (one) => api("DELETE", "/" + encodeURIComponent(one.preference_id) + "?" + new URLSearchParams({ user_id }));
    told(async () => {
      const { stored, replaced } = await api("POST", "", { user_id, movie_id, kind: button.value });
      if (replaced && replaced.kind === button.value) {
        await forget(stored);
        pressed(movie_id, "");
        return say("Taken back: " + stored.title + ".");
      }
      pressed(movie_id, button.value);
      say(button.title + ": " + stored.title + ", for " + user_id + ".", () => told(async () => {
        if (replaced) await api("POST", "", { user_id, movie_id, kind: replaced.kind });
        else await forget(stored);
        pressed(movie_id, replaced ? replaced.kind : "");
        button.focus();
      }));
    });
  });

  document.body.classList.add("scripted");
  if (document.body.classList.contains("talking")) talk.lastElementChild?.scrollIntoView({ block: "start" });
})();
