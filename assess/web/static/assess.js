// Saves a section while it is filled in, and shows times as the reader's clock has them. Everything works without it.
(() => {
  "use strict";
  const PAUSE = 1200; // milliseconds after a change
  const LATEST = 4000; // after the first change that is not saved
  const AGAIN = 5000; // after a failure

  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

  const local = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      const today = at.toDateString() === new Date().toDateString();
      time.textContent = today
        ? at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })
        : at.toLocaleString(language, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
    }
  };
  local(document);

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = document.getElementById("status");
  let first = 0, timer = 0, running = null, waiting = null, over = false;

  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  const say = (node, pending) => {
    status.replaceChildren(...node);
    status.classList.toggle("pending", pending);
    local(status);
  };

  const schedule = () => {
    if (over) return;
    const now = Date.now();
    first = first || now;
    clearTimeout(timer);
    timer = setTimeout(flush, Math.max(0, Math.min(PAUSE, first + LATEST - now)));
  };

  const written = () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("key", key());
    return body;
  };

  const flush = (leaving) => {
    clearTimeout(timer);
    if (running || over || !(first || waiting)) return;
    if (!waiting) {
      first = 0;
      waiting = written();
    } // else the last one failed: it is sent again as it was, under the same key
    running = send(waiting, leaving === true).finally(() => {
      running = null;
      if (first && !waiting) schedule();
    });
  };

  const send = async (body, keepalive) => {
    let reply, page;
    try {
      reply = await fetch(form.dataset.autosave, { method: "POST", body, keepalive, redirect: "error" });
      page = new DOMParser().parseFromString(await reply.text(), "text/html");
    } catch {
      reply = null;
    }
    if (!reply || reply.status >= 500) {
      say([form.dataset.unreached || "Not saved yet: the site cannot be reached. It is tried again in a moment; keep this page open."], true);
      timer = setTimeout(flush, AGAIN);
      return;
    }
    waiting = null;
    if (!reply.ok) {
      over = true;
      const told = page.getElementById("status") || page.querySelector("h1");
      say([told ? told.textContent : form.dataset.unsaved || "Not saved. Press “Save and continue” to see why."], true);
      return;
    }
    say(page.getElementById("status").childNodes, false);
    take(page, body);
  };

  // Brings what is stored into the open page: questions that opened, and answers that only others changed. What was changed here
  // since `body` was sent stays; where others changed the same field, the page has not seen it, and the next save compares the two.
  const take = (page, body) => {
    const told = (name) => page.querySelector(`input[name="${name}"]`).value;
    const mine = new Set(controls(document).map((control) => control.name).filter((name) => differs(name, body)));
    const changed = told("others").split(" ").filter((name) => name);
    const others = new Set(changed.filter((name) => !mine.has(name)));
    const fresh = controls(page).filter((control) => others.has(control.name));
    const staying = match(document.getElementById("parts"), page.getElementById("parts"), mine, others);
    for (const control of fresh) put(control).closest("[data-part]").classList.add("others");
    form.elements.fields.value = Array.from(new Set([...told("fields").split(" "), ...staying])).join(" ");
    if (others.size === changed.length) form.elements.seen.value = told("seen");
  };

  const controls = (root) => Array.from(root.querySelectorAll("#parts input, #parts textarea"));

  const differs = (name, body) => {
    const plain = (texts) => texts.map((text) => text.replace(/\r\n?/g, "\n")).join("\0");
    return plain(new FormData(form).getAll(name)) !== plain(body.getAll(name));
  };

  const put = ({ id, checked, value }) => {
    const control = document.getElementById(id);
    control.checked = checked;
    if (control.type !== "radio" && control.type !== "checkbox") control.value = value;
    return control;
  };

  const parts = (root) => Array.from(root.querySelectorAll("[data-part]")).filter((part) => part.parentElement.closest("[data-part]") === (root.closest("[data-part]")));

  // Questions that opened are put in, those that closed are taken out; all others stay untouched, with the focus in them.
  // Returns the fields of questions that closed and stay for the moment, because somebody is at them.
  const match = (old, fresh, mine, others) => {
    const staying = [];
    const names = (part) => Array.from(part.querySelectorAll("input, textarea"), (control) => control.name);
    const busy = (part) => part.contains(document.activeElement) || names(part).some((name) => mine.has(name));
    const known = new Map(parts(old).map((part) => [part.dataset.part, part]));
    let before = null;
    for (const part of parts(fresh)) {
      const same = known.get(part.dataset.part);
      known.delete(part.dataset.part);
      if (same && (same.dataset.offers === part.dataset.offers || (busy(same) && !names(same).some((name) => others.has(name))))) {
        staying.push(...match(same, part, mine, others));
        before = same;
      } else {
        if (same) same.replaceWith(part);
        else if (before) before.after(part);
        else place(old, fresh, part);
        before = part;
      }
    }
    for (const gone of known.values()) {
      if (busy(gone)) staying.push(...names(gone));
      else gone.remove();
    }
    return staying;
  };
  const place = (old, fresh, part) => {
    const home = part.parentElement === fresh ? old : old.querySelector(part.parentElement.localName) || old;
    home.prepend(part);
  };

  // Taking a choice back needs no round trip here; without this script the button saves the page.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button.clear");
    if (!button) return;
    event.preventDefault();
    const chosen = Array.from(button.closest("fieldset, tr").querySelectorAll("input:checked"));
    for (const control of chosen) control.checked = false;
    if (chosen.length) chosen[0].focus();
    schedule();
  });
  form.addEventListener("input", (event) => {
    event.target.closest(".others")?.classList.remove("others");
    schedule();
  });
  form.addEventListener("change", schedule);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(true); });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    first = 0;
    if (!running) { over = true; return; }
    event.preventDefault(); // the save under way first, so that this page has seen it
    const button = event.submitter;
    running.finally(() => { over = true; form.requestSubmit(button); });
  });
})();
