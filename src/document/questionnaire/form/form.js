
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.getElementById("form");
  const questions = data.questionnaire.sections.flatMap((section) => section.questions);
  let lang = data.language;
  let told = "";
  let tried = false;
  let state = { supplier: "", answered_on: "", answers: {} };

  const say = (key) => data.text[key][lang];
  const of = (text) => (text ? text[lang] : "");
  const kindOf = (question) => question.kind.type;
  const carriedOf = (question) => data.carried[question.id];

  // ---- Digests: SHA-256 (FIPS 180-4) over the canonical form (RFC 8785 for texts, integers, lists and objects). Ours,
  // for a page that is opened from disk may be denied the browser's own.
  function canonical(value) {
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    return "{" + Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
  }

  const roots = (() => {
    const first = [];
    for (let number = 2; first.length < 64; number += 1) {
      if (first.every((prime) => number % prime !== 0)) first.push(number);
    }
    const part = (power) => (prime) => {
      // The first 32 bits of the fraction of a root.
      const root = Math.pow(prime, power);
      return ((root - Math.floor(root)) * 4294967296) >>> 0;
    };
    return { start: first.slice(0, 8).map(part(1 / 2)), round: first.map(part(1 / 3)) };
  })();

  function sha256(text) {
    const bytes = new TextEncoder().encode(text);
    const blocks = ((bytes.length + 8) >> 6) + 1;
    const words = new Uint32Array(blocks * 16);
    bytes.forEach((byte, index) => { words[index >> 2] |= byte << (24 - 8 * (index & 3)); });
    words[bytes.length >> 2] |= 0x80 << (24 - 8 * (bytes.length & 3));
    words[words.length - 2] = Math.floor(bytes.length / 536870912);
    words[words.length - 1] = bytes.length * 8;
    const turn = (word, by) => (word >>> by) | (word << (32 - by));
    const hash = Uint32Array.from(roots.start);
    const schedule = new Uint32Array(64);
    for (let block = 0; block < words.length; block += 16) {
      for (let index = 0; index < 64; index += 1) {
        if (index < 16) {
          schedule[index] = words[block + index];
        } else {
          const early = schedule[index - 15], late = schedule[index - 2];
          schedule[index] = schedule[index - 16] + schedule[index - 7]
            + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
        }
      }
      let [a, b, c, d, e, f, g, h] = hash;
      for (let index = 0; index < 64; index += 1) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + roots.round[index] + schedule[index]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, index) => { hash[index] += word; });
    }
    return Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  // ---- What is entered
  function blank(question) {
    const entry = { value: "", note: "", documents: "", na: false, confirmed: false, reason: "" };
    if (kindOf(question) === "choice" && question.kind.many) entry.value = [];
    if (kindOf(question) === "table") { entry.value = []; entry.none = false; }
    return entry;
  }

  function filled(question, carried) {
    const entry = blank(question), value = carried.value;
    entry.note = carried.note || "";
    entry.documents = carried.documents.join("\n");
    if (value === "not_applicable") {
      if (kindOf(question) === "yes-no" || (kindOf(question) === "choice" && !question.kind.many)) entry.value = value;
      else entry.na = true;
      return entry;
    }
    switch (kindOf(question)) {
      case "choice": entry.value = question.kind.many ? value : value[0]; break;
      case "place": entry.value = value.join(", "); break;
      case "file": entry.value = value.join("\n"); break;
      case "table":
        entry.value = value.map((row) => Object.fromEntries(Object.entries(row).map(([key, cell]) =>
          [key, cell === true ? "yes" : cell === false ? "no" : String(cell)])));
        entry.none = value.length === 0;
        break;
      default: entry.value = String(value);
    }
    return entry;
  }

  function start() {
    for (const question of questions) {
      const carried = carriedOf(question);
      state.answers[question.id] = carried && carried.holds ? filled(question, carried) : blank(question);
    }
  }

  // The words that a condition may ask for.
  function wordsOf(question) {
    const entry = state.answers[question.id];
    if (entry.na) return ["not_applicable"];
    if (kindOf(question) === "yes-no" || kindOf(question) === "choice") return [].concat(entry.value).filter((word) => word !== "");
    return [];
  }

  function isEmpty(question) {
    const entry = state.answers[question.id];
    if (entry.na || entry.none) return false;
    if (kindOf(question) === "table") return entry.value.every((row) => Object.values(row).every((cell) => cell.trim() === ""));
    return Array.isArray(entry.value) ? entry.value.length === 0 : entry.value.trim() === "";
  }

  // true, false, or null while an earlier question is open.
  function asked(question) {
    let answer = true;
    for (const part of question.when || []) {
      const earlier = questions.find((one) => one.id === part.question);
      const before = asked(earlier);
      if (before === false) return false;
      if (before === null || isEmpty(earlier)) { answer = null; continue; }
      if (!wordsOf(earlier).some((word) => part.is.includes(word))) return false;
    }
    return answer;
  }

  const lines = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  const half = (text) => text.normalize("NFKC").trim();
  const codes = (text) => half(text).toUpperCase().split(/[\s,、;]+/).filter((code) => code !== "");

  function isDay(text) {
    const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    if (!parts) return false;
    const day = new Date(Date.UTC(+parts[1], +parts[2] - 1, +parts[3]));
    return day.getUTCFullYear() === +parts[1] && day.getUTCMonth() === +parts[2] - 1 && day.getUTCDate() === +parts[3];
  }

  // The check digit of a corporate number (Ordinance of the Ministry of Finance No. 70 of 2014, article 2).
  function isCorporateNumber(text) {
    if (!/^\d{13}$/.test(text)) return false;
    let sum = 0;
    for (let place = 1; place <= 12; place += 1) sum += Number(text[13 - place]) * (place % 2 === 1 ? 1 : 2);
    return Number(text[0]) === 9 - (sum % 9);
  }

  function cellOf(column, text) {
    const cell = half(text);
    switch (column.kind.type) {
      case "number":
        return /^-?\d{1,15}$/.test(cell) ? { value: Number(cell) } : { fault: say("sheet-form-number-short") };
      case "date": return isDay(cell) ? { value: cell } : { fault: say("form-error-date") };
      case "place": return /^[A-Z]{2}$/.test(cell.toUpperCase()) ? { value: cell.toUpperCase() } : { fault: say("form-error-place") };
      case "corporate-number": {
        const digits = cell.replace(/[\s-]/g, "");
        return isCorporateNumber(digits) ? { value: digits } : { fault: say("form-error-corporate-number") };
      }
      case "yes-no": return { value: text === "yes" };
      default: return { value: text.trim() };
    }
  }

  // The value in the form of an answers file, or what is wrong with it.
  function valueOf(question) {
    const entry = state.answers[question.id];
    if (entry.na) return { value: "not_applicable" };
    switch (kindOf(question)) {
      case "choice": return { value: question.kind.many ? question.kind.choices.map((one) => one.id).filter((id) => entry.value.includes(id)) : entry.value === "not_applicable" ? entry.value : [entry.value] };
      case "number": {
        const text = half(entry.value).replace(/,/g, ""), number = Number(text);
        const fits = /^-?\d{1,15}$/.test(text) && number >= question.kind.min && number <= question.kind.max;
        return fits ? { value: number } : { fault: say("form-error-number") + " (" + question.kind.min + "–" + question.kind.max + ")" };
      }
      case "date": return isDay(entry.value) ? { value: entry.value } : { fault: say("form-error-date") };
      case "place": {
        const all = codes(entry.value);
        return all.every((code) => /^[A-Z]{2}$/.test(code)) ? { value: Array.from(new Set(all)).sort() } : { fault: say("form-error-place") };
      }
      case "file": return { value: lines(entry.value) };
      case "table": {
        if (entry.none) return { value: [] };
        const rows = [];
        for (const [index, row] of entry.value.entries()) {
          const cells = {};
          if (Object.values(row).every((cell) => cell.trim() === "")) continue;
          for (const column of question.kind.columns) {
            const text = row[column.id] || "";
            if (text.trim() === "") {
              if (column.required) return { fault: say("form-row") + " " + (index + 1) + ": " + of(column.title) + " — " + say("form-error-required") };
              continue;
            }
            const cell = cellOf(column, text);
            if (cell.fault) return { fault: say("form-row") + " " + (index + 1) + ": " + of(column.title) + " — " + cell.fault };
            cells[column.id] = cell.value;
          }
          rows.push(cells);
        }
        return { value: rows };
      }
      default: return { value: entry.value.trim() };
    }
  }

  const isChanged = (question) => {
    const carried = carriedOf(question);
    if (!carried || !carried.holds || isEmpty(question)) return false;
    const now = valueOf(question);
    return now.fault !== undefined || canonical(now.value) !== canonical(carried.value);
  };

  function faultOf(question) {
    if (asked(question) === false || isEmpty(question)) return "";
    const read = valueOf(question), entry = state.answers[question.id];
    if (read.fault) return read.fault;
    const reasoned = entry.note.trim() !== "";
    if ((read.value === "partial" || read.value === "not_applicable") && !reasoned) return say("form-error-note");
    if (isChanged(question) && entry.reason.trim() === "") return say("form-error-reason");
    return "";
  }

  // ---- The page
  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== undefined) element.setAttribute(key, value);
    }
    for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== "") element.append(child);
    return element;
  }

  function text(value, onInput, attributes) {
    const element = make(attributes && attributes.rows ? "textarea" : "input", Object.assign({ type: attributes && attributes.rows ? undefined : "text", oninput: (event) => { onInput(event.target.value); refresh(); } }, attributes));
    element.value = value;
    return element;
  }

  function radios(question, entry, options) {
    return make("div", { class: options.length > 4 ? "options stacked" : "options" }, options.map(([word, title]) => {
      const input = make("input", { type: "radio", name: "answer-" + question.id, value: word, onchange: () => { entry.value = word; refresh(); } });
      input.checked = entry.value === word;
      return make("label", {}, input, title);
    }), make("button", { type: "button", class: "clear", onclick: () => { entry.value = ""; draw("answer-" + question.id); } }, say("form-clear")));
  }

  function checks(question, entry) {
    return make("div", { class: "options stacked" }, question.kind.choices.map((choice) => {
      const input = make("input", { type: "checkbox", value: choice.id, name: "answer-" + question.id, onchange: (event) => {
        entry.value = entry.value.filter((id) => id !== choice.id).concat(event.target.checked ? [choice.id] : []);
        refresh();
      } });
      input.checked = entry.value.includes(choice.id);
      return make("label", {}, input, of(choice.title));
    }));
  }

  function tableCell(question, column, row, index) {
    const label = of(column.title) + ", " + say("form-row") + " " + (index + 1);
    const kind = column.kind.type;
    const options = kind === "yes-no" ? [["yes", say("sheet-yes")], ["no", say("sheet-no")]]
      : kind === "choice" ? column.kind.choices.map((choice) => [choice.id, of(choice.title)]) : null;
    if (options) {
      const select = make("select", { "aria-label": label, "data-column": column.id, onchange: (event) => { row[column.id] = event.target.value; refresh(); } },
        make("option", { value: "" }, "—"), options.map(([word, title]) => make("option", { value: word }, title)));
      select.value = row[column.id] || "";
      return select;
    }
    return text(row[column.id] || "", (value) => { row[column.id] = value; }, { "aria-label": label, "data-column": column.id, type: kind === "date" ? "date" : "text" });
  }

  function table(question, entry) {
    const columns = question.kind.columns;
    const body = entry.value.map((row, index) => make("tr", {},
      make("td", {}, String(index + 1)),
      columns.map((column) => make("td", {}, tableCell(question, column, row, index))),
      make("td", {}, make("button", { type: "button", "aria-label": say("form-remove-row") + " " + (index + 1), onclick: () => { entry.value.splice(index, 1); draw("answer-" + question.id); } }, "×"))));
    const none = make("input", { type: "checkbox", onchange: (event) => { entry.none = event.target.checked; if (entry.none) entry.value = []; draw("answer-" + question.id); } });
    none.checked = entry.none;
    return make("div", {},
      entry.value.length ? make("div", { class: "scroll" }, make("table", {},
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "No."), columns.map((column) => make("th", { scope: "col" }, of(column.title) + (column.required ? " *" : ""))), make("th", {}))),
        make("tbody", {}, body))) : "",
      make("div", { class: "options" },
        make("button", { type: "button", class: "add", disabled: entry.none, onclick: () => { entry.value.push({}); draw("answer-" + question.id); } }, "＋ " + say("form-add-row")), " ",
        make("label", {}, none, say("sheet-rows-none"))));
  }

  function control(question, entry) {
    const label = { "aria-label": of(question.text) };
    switch (kindOf(question)) {
      case "yes-no": return radios(question, entry, [["yes", say("sheet-yes")], ["no", say("sheet-no")], ["partial", say("sheet-partial")], ["not_applicable", say("sheet-not-applicable")]]);
      case "choice":
        if (question.kind.many) return checks(question, entry);
        return radios(question, entry, question.kind.choices.map((choice) => [choice.id, of(choice.title)]).concat([["not_applicable", say("sheet-not-applicable")]]));
      case "number": return make("div", {}, text(entry.value, (value) => { entry.value = value; }, Object.assign({ inputmode: "numeric", size: 12 }, label)), " " + of(question.kind.unit));
      case "date": return text(entry.value, (value) => { entry.value = value; }, Object.assign({ type: "date" }, label));
      case "place": return make("div", {}, text(entry.value, (value) => { entry.value = value; }, Object.assign({ class: "wide", placeholder: "JP, US" }, label)), make("p", { class: "hint" }, say("sheet-place-hint")));
      case "table": return table(question, entry);
      case "file": return make("div", {}, text(entry.value, (value) => { entry.value = value; }, Object.assign({ rows: 2 }, label)), make("p", { class: "hint" }, say("sheet-file-hint")));
      default: return text(entry.value, (value) => { entry.value = value; }, Object.assign({ rows: 3 }, label));
    }
  }

  function notApplicable(question, entry) {
    if (kindOf(question) === "yes-no" || (kindOf(question) === "choice" && !question.kind.many)) return "";
    const input = make("input", { type: "checkbox", class: "na", onchange: (event) => { entry.na = event.target.checked; refresh(); } });
    input.checked = entry.na;
    return make("div", { class: "options" }, make("label", {}, input, say("sheet-not-applicable")));
  }

  function carriedBox(question, entry) {
    const carried = carriedOf(question);
    if (!carried) return "";
    if (!carried.holds) return make("div", { class: "carried stale" }, lines(of(carried.told)).map((line) => make("div", {}, line)));
    const confirm = make("input", { type: "checkbox", class: "confirm", onchange: (event) => { entry.confirmed = event.target.checked; refresh(); } });
    confirm.checked = entry.confirmed;
    return make("div", { class: "carried" }, of(carried.told),
      make("div", { class: "options" }, make("label", {}, confirm, say("form-confirm"))),
      make("label", { class: "why" }, say("sheet-reason"), text(entry.reason, (value) => { entry.reason = value; }, { class: "wide reason" })));
  }

  function block(question) {
    const entry = state.answers[question.id];
    const hints = [];
    const condition = data.conditions[question.id];
    if (condition) hints.push(of(condition));
    if (question.guidance) hints.push(of(question.guidance));
    if (question.evidence) hints.push(say("form-evidence") + ": " + of(question.evidence));
    return make("section", { class: "question", id: "question-" + question.id, "data-id": question.id },
      make("h3", { id: "title-" + question.id }, make("span", { class: "number" }, data.numbers[question.id]), make("span", {}, of(question.text))),
      hints.map((hint) => make("p", { class: "hint" }, hint)),
      make("p", { class: "hint state", "aria-live": "polite" }),
      make("fieldset", { class: "answer", "aria-describedby": "error-" + question.id },
        make("legend", {}, data.numbers[question.id] + " " + of(question.text)),
        carriedBox(question, entry),
        make("div", { class: "control" }, control(question, entry)),
        notApplicable(question, entry),
        make("div", { class: "extra" },
          make("label", {}, say("sheet-remarks"), text(entry.note, (value) => { entry.note = value; }, { rows: 1, class: "note" })),
          make("label", {}, say("sheet-documents"), text(entry.documents, (value) => { entry.documents = value; }, { rows: 1, class: "documents" })))),
      make("p", { class: "error", id: "error-" + question.id }));
  }

  function counts() {
    const needed = questions.filter((question) => asked(question) === true);
    return { needed: needed.length, answered: needed.filter((question) => !isEmpty(question)).length };
  }

  // Shows what follows from what was entered, without touching the fields.
  function refresh() {
    for (const question of questions) {
      const section = document.getElementById("question-" + question.id);
      const state = asked(question), fault = faultOf(question);
      section.classList.toggle("not-asked", state === false);
      section.classList.toggle("answered", state === true && !isEmpty(question) && !fault);
      section.classList.toggle("invalid", fault !== "");
      section.querySelector("fieldset").disabled = state === false;
      section.querySelector(".state").textContent = state === false ? say("form-not-asked") : state === null ? say("form-open") : "";
      section.querySelector(".error").textContent = fault;
      for (const why of section.querySelectorAll(".why")) why.hidden = !isChanged(question);
      for (const field of section.querySelectorAll(".control input, .control textarea, .control select")) field.toggleAttribute("aria-invalid", fault !== "");
    }
    const { needed, answered } = counts();
    const bar = document.getElementById("progress");
    bar.max = Math.max(needed, 1);
    bar.value = answered;
    document.getElementById("count").textContent = answered + " / " + needed;
    document.getElementById("told").textContent = told;
    const summary = document.getElementById("summary");
    summary.hidden = !tried || faults().length === 0;
    if (!summary.hidden) {
      summary.replaceChildren(make("strong", {}, say("form-errors")), make("ul", {}, faults().map(([where, fault, target]) =>
        make("li", {}, make("a", { href: "#" + target }, where), ": " + fault))));
    }
  }

  function faults() {
    const found = [];
    if (state.supplier.trim() === "") found.push([say("cover-supplier"), say("form-error-required"), "supplier"]);
    if (!isDay(state.answered_on)) found.push([say("cover-answered-on"), say("form-error-date"), "answered-on"]);
    for (const question of questions) {
      const fault = faultOf(question);
      if (fault) found.push([data.numbers[question.id], fault, "question-" + question.id]);
    }
    return found;
  }

  // ---- Files
  function hand(name, document_) {
    const url = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 2) + "\n"], { type: "application/json" }));
    const link = make("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  const stem = data.questionnaire.id + (data.tender ? "-" + data.tender.id : "");

  function save() {
    hand(stem + "-draft.json", { schema: "mekiki/form-state/v1", questionnaire_digest: data.digest, supplier: state.supplier, answered_on: state.answered_on, answers: state.answers });
    told = say("form-saved");
    refresh();
  }

  function load(event) {
    const file = event.target.files[0];
    if (!file) return;
    file.text().then((content) => {
      let read = null;
      try { read = JSON.parse(content); } catch (error) { read = null; }
      if (!read || read.schema !== "mekiki/form-state/v1" || typeof read.answers !== "object") told = say("form-no-draft");
      else if (read.questionnaire_digest !== data.digest) told = say("form-other-questionnaire");
      else {
        state = { supplier: String(read.supplier || ""), answered_on: String(read.answered_on || ""), answers: {} };
        for (const question of questions) {
          const entry = blank(question), given = read.answers[question.id] || {};
          for (const key of Object.keys(entry)) if (typeof given[key] === typeof entry[key] && Array.isArray(given[key]) === Array.isArray(entry[key])) entry[key] = given[key];
          state.answers[question.id] = entry;
        }
        told = say("form-loaded");
      }
      draw();
    });
  }

  function answers() {
    const sheet = {
      schema: "mekiki/answers/v1", questionnaire: data.questionnaire.id, questionnaire_version: data.questionnaire.version,
      questionnaire_digest: data.digest, answered_on: state.answered_on, supplier: state.supplier.trim(), questions: data.fingerprints, answers: {},
    };
    for (const question of questions) {
      if (asked(question) === false || isEmpty(question)) continue;
      const entry = state.answers[question.id], carried = carriedOf(question), answer = { value: valueOf(question).value };
      if (entry.note.trim()) answer.note = entry.note.trim();
      if (lines(entry.documents).length) answer.documents = lines(entry.documents);
      if (carried && carried.holds && !isChanged(question) && !entry.confirmed) answer.carried_from = carried.given_on;
      if (isChanged(question)) answer.reason_for_change = entry.reason.trim();
      const bound = { questionnaire_digest: data.digest, question: question.id, answer: answer };
      answer.digest = "sha256:" + sha256(canonical(bound));
      sheet.answers[question.id] = answer;
    }
    sheet.answers_digest = "sha256:" + sha256(canonical(sheet));
    return sheet;
  }

  function finish() {
    tried = true;
    if (faults().length) {
      told = "";
      refresh();
      document.getElementById("summary").focus();
      return;
    }
    hand(stem + "-answers.json", answers());
    const { needed, answered } = counts();
    told = say("form-exported") + (answered < needed ? " " + say("form-left") + ": " + (needed - answered) : "");
    refresh();
  }

  function draw(focus) {
    document.documentElement.lang = lang;
    document.title = of(data.questionnaire.title);
    const tender = data.tender;
    const facts = [];
    if (tender) facts.push([say("cover-agency"), of(tender.agency)], [say("cover-tender"), of(tender.title) + " (" + tender.id + ")"], [say("cover-deadline"), tender.deadline],
      [say("cover-classes"), of(tender.classes)], [say("cover-restrictions"), of(tender.restrictions)]);
    facts.push([say("cover-questionnaire"), data.questionnaire.id + " " + data.questionnaire.version]);
    const other = lang === "ja" ? "en" : "ja";
    const input = make("input", { type: "file", accept: ".json,application/json", onchange: load });
    root.replaceChildren(
      make("div", { class: "bar" }, make("div", { role: "toolbar", "aria-label": say("form-toolbar") },
        make("label", {}, say("sheet-progress") + " ", make("progress", { id: "progress" })), make("span", { id: "count" }),
        make("button", { type: "button", class: "push", id: "save", onclick: save }, say("form-save")),
        make("label", { class: "load" }, say("form-load"), input),
        make("button", { type: "button", class: "main", id: "export", onclick: finish }, say("form-export")),
        make("button", { type: "button", onclick: () => window.print() }, say("form-print")),
        make("button", { type: "button", id: "language", lang: other, onclick: () => { lang = other; draw("language"); } }, other === "ja" ? "日本語" : "English"))),
      make("div", { class: "head" },
        tender ? make("p", { class: "marking" }, of(tender.marking)) : "",
        make("h1", {}, of(data.questionnaire.title)),
        make("dl", {}, facts.map(([key, value]) => [make("dt", {}, key), make("dd", {}, value)])),
        make("div", { class: "intro" }, [of(data.questionnaire.introduction), say("form-how"), say("cover-how-blank"), Object.keys(data.carried).length ? say("cover-how-carried") : ""].filter((line) => line).map((line) => make("p", {}, line))),
        make("p", { class: "said", id: "told", role: "status" }),
        make("div", { class: "summary", id: "summary", role: "alert", tabindex: "-1", hidden: true }),
        make("div", { class: "entry" },
          make("label", {}, say("cover-supplier"), text(state.supplier, (value) => { state.supplier = value; }, { class: "wide", id: "supplier", autocomplete: "organization" })),
          make("label", {}, say("cover-answered-on"), make("br"), text(state.answered_on, (value) => { state.answered_on = value; }, { type: "date", id: "answered-on" })))),
      make("main", {}, data.questionnaire.sections.map((section, index) => [make("h2", { id: "section-" + section.id }, index + 1 + "  " + of(section.title)), section.questions.map(block)]),
        make("footer", {}, say("form-bound"), make("br"), data.digest)));
    refresh();
    if (focus) {
      const target = document.getElementById(focus) || document.querySelector('[name="' + focus + '"]') || document.querySelector("#question-" + CSS.escape(focus.slice(7)) + " .add");
      if (target) target.focus();
    }
  }

  start();
  draw();
})();
