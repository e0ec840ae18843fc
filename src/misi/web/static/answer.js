// The answer form: saved at every change, the time on the page counted while it is seen, pairs edited as a list.
"use strict";

(() => {
  const form = document.querySelector("[data-answer]");
  if (!form) return;
  const secondsField = form.querySelector("[data-seconds]");

  // Time: only while the page is visible; what has been sent is not sent again.
  let since = document.hidden ? null : performance.now();
  let looked = 0;
  const count = () => {
    const at = performance.now();
    if (since !== null) looked += (at - since) / 1000;
    since = document.hidden ? null : at;
    return looked;
  };
  document.addEventListener("visibilitychange", count);

  // Pairs: a list with two fields; the text area keeps the answer and is what is sent.
  const pairs = form.querySelector("[data-pairs]");
  if (pairs) {
    const area = pairs.querySelector("textarea");
    const editor = pairs.querySelector("[data-editor]");
    const residue = pairs.querySelector("[data-residue]");
    const ligand = pairs.querySelector("[data-ligand]");
    const list = pairs.querySelector("[data-list]");
    const unknown = pairs.querySelector("[data-unknown]");
    const radios = Object.fromEntries([...form.elements.contacts].map((radio) => [radio.value, radio]));
    const known = (id) => [...document.getElementById(id).options].map((option) => option.value);
    const residues = known("residue-atoms"), ligands = known("ligand-atoms");
    const matching = (names, text) => {
      const wanted = text.trim().replace(/\s+/g, " ").toLowerCase();
      return names.find((name) => name.toLowerCase() === wanted);
    };
    const lines = () => area.value.split("\n").map((line) => line.trim()).filter(Boolean);
    const write = (rows) => {
      area.value = rows.join("\n");
      draw();
      form.dispatchEvent(new Event("change"));
    };
    const draw = () => {
      list.replaceChildren(...lines().map((line, index) => {
        const row = document.createElement("li");
        const text = document.createElement("span");
        text.textContent = line;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "quiet";
        button.textContent = "Remove";
        button.setAttribute("aria-label", `Remove ${line}`);
        button.addEventListener("click", () => {
          write(lines().filter((_, other) => other !== index));
          residue.focus();
        });
        row.append(text, button);
        return row;
      }));
    };
    const add = () => {
      const left = matching(residues, residue.value), right = matching(ligands, ligand.value);
      const problem = !left ? [residue, "residue atom"] : !right ? [ligand, "ligand atom"] : null;
      unknown.hidden = !problem;
      if (problem) {
        unknown.textContent = `“${problem[0].value}” is no ${problem[1]} that the pictures name.`;
        problem[0].focus();
        return;
      }
      const line = `${left}, ${right}`;
      residue.value = ligand.value = "";
      residue.focus();
      radios.some.checked = true;
      if (!lines().includes(line)) write([...lines(), line]);
    };
    area.closest(".typed").hidden = true;
    editor.hidden = false;
    draw();
    pairs.querySelector("[data-add]").addEventListener("click", add);
    [residue, ligand].forEach((field) => field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();  // Enter adds the pair; it does not go on to the next question
      if (field === residue && !ligand.value) ligand.focus();
      else add();
    }));
    radios.none.addEventListener("change", () => { if (lines().length) write([]); });
    form.addEventListener("submit", (event) => {
      if (!residue.value.trim() && !ligand.value.trim()) return;
      event.preventDefault();  // a pair that is typed and not added would be lost without a word
      add();
      if (unknown.hidden) form.requestSubmit(event.submitter);
    });
  }

  if (!("autosave" in form.dataset)) {
    form.addEventListener("submit", () => { secondsField.value = count().toFixed(1); });
    return;
  }

  const saved = form.querySelector("[data-saved]");
  const answered = document.querySelector("[data-answered]");
  const progress = document.querySelector("[data-progress]");
  const tell = (text, bad = false) => {
    saved.textContent = text;
    saved.classList.toggle("problem", bad);
  };
  let wanted = 0;       // number of the newest change
  let stored = 0;       // number of the newest change that the server has
  let busy = false;

  const body = () => {
    const data = new URLSearchParams(new FormData(form));
    data.set("seconds", count().toFixed(1));
    data.set("key", crypto.randomUUID ? crypto.randomUUID() : String(Math.random()));
    return data;
  };
  const save = async () => {
    if (busy) return;
    busy = true;
    for (let wait = 500; stored < wanted; ) {
      const number = wanted;
      const data = body();
      const sent = looked;
      tell("Saving…");
      let response = null;
      while (response === null) {
        try {
          response = await fetch(form.action, {
            method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin",
          });
          if (response.status >= 500 || response.status === 429) throw new Error(String(response.status));
        } catch {  // no connection, or a server that is starting: the same request again, under the same key
          response = null;
          tell("Not saved yet: no connection. Trying again…", true);
          await new Promise((done) => setTimeout(done, wait));
          wait = Math.min(wait * 2, 8000);
        }
      }
      const reply = await response.json().catch(() => ({}));
      stored = number;
      if (!response.ok) {
        tell(reply.error || "Not saved. Load the page again.", true);
        continue;
      }
      looked -= sent;
      tell(reply.complete ? "Saved." : "Not complete yet.");
      if (answered) answered.textContent = reply.answered;
      if (progress) progress.value = reply.answered;
    }
    busy = false;
  };
  let timer = 0;
  form.addEventListener("change", () => {
    wanted += 1;
    clearTimeout(timer);
    timer = setTimeout(save, 120);  // arrow keys run through several values
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    wanted = stored;
    secondsField.value = count().toFixed(1);
  });
  window.addEventListener("beforeunload", (event) => {
    if (stored < wanted) event.preventDefault();
  });
})();
