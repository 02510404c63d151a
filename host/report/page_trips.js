/* page_trips.js: all round trips as a table: sorted, sifted, a page at a time. A click on a row shows the trip in the charts, and what
 * the charts show can sift the table. */
(function () {
    "use strict";
    const data = JSON.parse(document.getElementById("data").textContent);
    /* Shared with page_charts.js: the data, what the charts show (null: all), which trip is picked, and who wants to know. */
    const outcry = { data: data, range: null, picked: -1, onPick: null, onRange: null };
    window.outcry = outcry;
    const place = document.getElementById("trips");
    if (!place || !data.trips.length)
        return;
    document.documentElement.classList.add("hastrips");

    /* Places in a trip, as page_data.c writes them. */
    const INST = 0, SIDE = 1, ENTRY = 2, EXIT = 3, QTY = 4, ENTRY_PRICE = 5, EXIT_PRICE = 6, NET = 7, SHARE = 8, MAE = 9, MFE = 10,
        MULTIPLE = 11, FEES = 12, SLIP = 13, TAG = 14, EXIT_TAG = 15, WHY = 16, STOP = 17, FLAGS = 18;
    const PAGE = 100;
    const numbers = {};
    function number(value, digits, signed) {
        if (value === null)
            return "n/a";
        const key = digits + (signed ? "+" : "");
        const format = numbers[key] || (numbers[key] = new Intl.NumberFormat("en-US",
            { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: signed ? "exceptZero" : "auto" }));
        return format.format(value);
    }
    function pad(value) { return value < 10 ? "0" + value : String(value); }
    function time(ms) {
        const at = new Date(ms);
        const text = at.getUTCFullYear() + "-" + pad(at.getUTCMonth() + 1) + "-" + pad(at.getUTCDate()) + " " +
            pad(at.getUTCHours()) + ":" + pad(at.getUTCMinutes());
        return at.getUTCSeconds() ? text + ":" + pad(at.getUTCSeconds()) : text;
    }
    function span(ms) {
        const s = Math.floor(ms / 1000);
        if (s >= 86400) return Math.floor(s / 86400) + "d " + Math.floor(s % 86400 / 3600) + "h";
        if (s >= 3600) return Math.floor(s / 3600) + "h " + Math.floor(s % 3600 / 60) + "m";
        if (s >= 60) return Math.floor(s / 60) + "m " + s % 60 + "s";
        return ms / 1000 + "s";
    }
    outcry.number = number;
    outcry.time = time;
    function word(value) { return typeof value === "number" ? data.words[value] : value; }
    function digits(trip) { return data.symbols[trip[INST]][1]; }
    function tone(value) { return value > 0 ? "good" : value < 0 ? "bad" : "soft"; }

    const severalSymbols = data.trips.some(function (trip) { return trip[INST] !== data.trips[0][INST]; });
    /* Each: title, what it is sorted by, what it says, and a class. */
    const columns = [
        { title: "#", key: function (t, i) { return i; }, text: function (t, i) { return String(i + 1); } },
        { title: "Side", kind: "left side", key: function (t) { return t[SIDE]; }, text: function (t) { return t[SIDE] > 0 ? "Long" : "Short"; } },
        { title: "Symbol", kind: "left", skip: !severalSymbols, key: function (t) { return data.symbols[t[INST]][0]; },
            text: function (t) { return data.symbols[t[INST]][0]; } },
        { title: "Entry (UTC)", kind: "left", key: function (t) { return t[ENTRY]; }, text: function (t) { return time(t[ENTRY]); } },
        { title: "Exit (UTC)", kind: "left", key: function (t) { return t[EXIT]; }, text: function (t) { return t[EXIT] === null ? "still open" : time(t[EXIT]); } },
        { title: "Held", key: function (t) { return t[EXIT] === null ? null : t[EXIT] - t[ENTRY]; },
            text: function (t) { return t[EXIT] === null ? "n/a" : span(t[EXIT] - t[ENTRY]); } },
        { title: "Quantity", key: function (t) { return t[QTY]; }, text: function (t) { return t[QTY] === null ? "n/a" : String(t[QTY]); } },
        { title: "Entry price", key: function (t) { return t[ENTRY_PRICE]; }, text: function (t) { return number(t[ENTRY_PRICE], digits(t)); } },
        { title: "Exit price", key: function (t) { return t[EXIT_PRICE]; }, text: function (t) { return number(t[EXIT_PRICE], digits(t)); } },
        { title: "Net " + data.asset, tone: NET, key: function (t) { return t[NET]; }, text: function (t) { return number(t[NET], data.scale, true); } },
        { title: "of entry", tone: NET, key: function (t) { return t[SHARE]; },
            text: function (t) { return t[SHARE] === null ? "n/a" : number(100 * t[SHARE], 2, true) + " %"; } },
        { title: "MAE", key: function (t) { return t[MAE]; }, text: function (t) { return number(t[MAE], data.scale); } },
        { title: "MFE", key: function (t) { return t[MFE]; }, text: function (t) { return number(t[MFE], data.scale); } },
        { title: "R", key: function (t) { return t[MULTIPLE]; }, text: function (t) { return number(t[MULTIPLE], 2); } },
        { title: "Fee", key: function (t) { return t[FEES]; }, text: function (t) { return number(t[FEES], data.scale); } },
        { title: "Slippage", key: function (t) { return t[SLIP]; }, text: function (t) { return number(t[SLIP], data.scale); } },
        { title: "Exit", kind: "left", key: function (t) { return data.exits[t[WHY]]; }, text: function (t) { return data.exits[t[WHY]]; } },
        { title: "Tag", kind: "left", key: function (t) { return word(t[TAG]); }, text: function (t) { return word(t[TAG]); }, flags: true }
    ].filter(function (column) { return !column.skip; });

    let sorted = 0, down = false, first = 0, shown = [];
    function element(name, kind, text) {
        const made = document.createElement(name);
        if (kind) made.className = kind;
        if (text !== undefined) made.textContent = text;
        return made;
    }
    function choice(label, words) {
        const made = element("select");
        made.setAttribute("aria-label", label);
        words.forEach(function (text) { made.appendChild(element("option", "", text)); });
        made.addEventListener("change", sift);
        return made;
    }
    const tools = element("div", "tools"), filter = element("input");
    filter.type = "search";
    filter.placeholder = "tag, exit, symbol \u2026";
    filter.setAttribute("aria-label", "Find trips by tag, exit or symbol");
    filter.addEventListener("input", sift);
    const results = choice("Result", ["all results", "won", "lost", "open"]);
    const sides = choice("Side", ["both sides", "long", "short"]);
    const inView = element("label", "inview"), inViewBox = element("input");
    inViewBox.type = "checkbox";
    inViewBox.addEventListener("change", sift);
    inView.append(inViewBox, " only what the charts show");
    const count = element("span", "right"), before = element("button", "", "\u2039"), after = element("button", "", "\u203a");
    before.setAttribute("aria-label", "Page before");
    after.setAttribute("aria-label", "Next page");
    before.addEventListener("click", function () { turn(-PAGE); });
    after.addEventListener("click", function () { turn(PAGE); });
    tools.append(filter, results, sides, inView, count, before, after);
    const wide = element("div", "tall"), table = element("table", "trips"), head = element("tr"), body = element("tbody");
    table.append(head, body);
    wide.appendChild(table);
    place.append(tools, wide);

    columns.forEach(function (column, index) {
        const cell = element("th", column.kind), button = element("button", "sort", column.title);
        button.addEventListener("click", function () {
            down = sorted === index ? !down : index > 4;
            sorted = index;
            sift();
        });
        cell.appendChild(button);
        head.appendChild(cell);
        column.cell = cell;
    });

    function turn(by) {
        first += by;
        draw();
    }
    function matches(trip, text) {
        return [word(trip[TAG]), word(trip[EXIT_TAG]), data.exits[trip[WHY]], data.symbols[trip[INST]][0]].some(function (part) {
            return part.toLowerCase().indexOf(text) >= 0;
        });
    }
    function sift() {
        const text = filter.value.trim().toLowerCase(), range = inViewBox.checked ? outcry.range : null;
        const result = results.selectedIndex, side = sides.selectedIndex === 0 ? 0 : sides.selectedIndex === 1 ? 1 : -1;
        shown = [];
        data.trips.forEach(function (trip, index) {
            if (side && trip[SIDE] !== side) return;
            if (result === 1 && !(trip[NET] > 0) || result === 2 && !(trip[NET] < 0) || result === 3 && trip[EXIT] !== null) return;
            if (range && (trip[ENTRY] > range[1] || (trip[EXIT] === null ? Infinity : trip[EXIT]) < range[0])) return;
            if (text && !matches(trip, text)) return;
            shown.push(index);
        });
        const key = columns[sorted].key, sign = down ? -1 : 1;
        if (sorted || down)
            shown.sort(function (a, b) {
                const x = key(data.trips[a], a), y = key(data.trips[b], b);
                if (x === y) return a - b;
                if (x === null || y === null) return x === null ? 1 : -1; /* what is not known comes last */
                return x < y ? -sign : sign;
            });
        first = 0;
        draw();
    }
    function row(index) {
        const trip = data.trips[index], made = element("tr", index === outcry.picked ? "picked" : "");
        columns.forEach(function (column) {
            const text = column.text(trip, index);
            const cell = element("td", column.tone ? tone(trip[column.tone]) : text === "n/a" ? "soft" : column.kind, text);
            if (column.flags) {
                if (trip[EXIT] === null) cell.appendChild(element("span", "flag", "open"));
                if (trip[FLAGS] & 1) cell.appendChild(element("span", "flag", "ambiguous"));
                if (trip[FLAGS] & 2) cell.appendChild(element("span", "flag", "end"));
                if (trip[FLAGS] & 4) cell.appendChild(element("span", "flag", "inside"));
            }
            made.appendChild(cell);
        });
        made.addEventListener("click", function () {
            outcry.picked = outcry.picked === index ? -1 : index;
            draw();
            if (outcry.onPick) outcry.onPick(outcry.picked);
        });
        return made;
    }
    function draw() {
        first = Math.max(0, Math.min(first, Math.floor((shown.length - 1) / PAGE) * PAGE));
        const last = Math.min(first + PAGE, shown.length);
        columns.forEach(function (column, index) {
            if (index === sorted) column.cell.setAttribute("aria-sort", down ? "descending" : "ascending");
            else column.cell.removeAttribute("aria-sort");
        });
        body.replaceChildren.apply(body, shown.slice(first, last).map(row));
        count.textContent = shown.length ? (first + 1).toLocaleString("en-US") + "\u2013" + last.toLocaleString("en-US") + " of " +
            shown.length.toLocaleString("en-US") : "none";
        before.disabled = first === 0;
        after.disabled = last >= shown.length;
    }
    outcry.onRange = function () {
        if (inViewBox.checked) sift();
    };
    outcry.show = function (index) { /* the row of a trip that was picked in a chart */
        const at = shown.indexOf(index);
        outcry.picked = index;
        if (at >= 0) first = Math.floor(at / PAGE) * PAGE;
        draw();
    };
    sift();
})();
