#!/bin/sh
# report_page.sh OUTCRY: a report page in a real browser, used as a person does. Skips where there is no chromium.
set -u
outcry=$(realpath "$1")
top=$(cd "$(dirname "$0")/../.." && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "report_page: skip: no chromium"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "$*"; exit 1; }
export HOME="$work"
# seen PAGE OPTIONS...: what the document is when all of it ran
seen() {
    page=$1
    shift
    timeout -s KILL 60 "$browser" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --window-size=1280,900 "$@" --dump-dom "file://$work/$page" 2>browser.err
}
"$outcry" backtest "$top/strategies/rsi_reversion.lua" synthetic-bars:20000 --cash '10000 USDT' --fee taker=0.02% --report page.html --json >run.json 2>err ||
    { cat err; fail "the run"; }
trips=$(jq '.trips | length' run.json)
[ "$trips" -gt 150 ] || fail "$trips trips: too few for two pages"
[ "$(jq '.plots[0].points | length' run.json)" -gt 1000 ] || fail "nothing was plotted"

# What a person would do, by a script that has the page's own permission to run.
nonce=$(sed -n "s/.*'nonce-\([0-9a-z]*\)'.*/\1/p" page.html | head -n 1)
[ -n "$nonce" ] || fail "no nonce"
cat >watch.js <<'JS'
window.wrong = [];
addEventListener("error", function (event) { wrong.push(event.message); });
document.addEventListener("securitypolicyviolation", function (event) { wrong.push("policy: " + event.blockedURI); });
JS
cat >use.js <<'JS'
(function () {
    const page = document.documentElement, told = [];
    function is(what, found, expected) { if (found !== expected) told.push(what + ": " + found + ", not " + expected); }
    function text(row, column) { return document.querySelectorAll("#trips tbody tr")[row].children[column].textContent; }
    function rows() { return document.querySelectorAll("#trips tbody tr").length; }
    function shown(selector) { return getComputedStyle(document.querySelector(selector)).display !== "none"; }
    const count = outcry.data.trips.length, heads = document.querySelectorAll("#trips th button"), buttons = document.querySelectorAll("#trips .tools button");
    is("table", page.classList.contains("hastrips") && shown("#trips") && !shown(".plaintrips"), true);
    is("rows", rows(), 100);
    buttons[1].click();
    is("the second page", text(0, 0), "101");
    buttons[0].click();
    heads[8].click(); /* net: the most first, then the least */
    const nets = outcry.data.trips.map(function (trip) { return trip[7]; }).sort(function (a, b) { return b - a; });
    is("the best trip", text(0, 8), outcry.number(nets[0], outcry.data.scale, true));
    heads[8].click();
    is("the worst trip", text(0, 8), outcry.number(nets[count - 1], outcry.data.scale, true));
    heads[0].click();
    const results = document.querySelector("#trips select");
    results.selectedIndex = 1;
    results.dispatchEvent(new Event("change"));
    const won = nets.filter(function (net) { return net > 0; }).length;
    is("trips that won", document.querySelector("#trips .right").textContent.split(" of ")[1] || "none", won ? String(won) : "none");
    results.selectedIndex = 0;
    results.dispatchEvent(new Event("change"));
    const find = document.querySelector("#trips input[type=search]");
    find.value = "no such word";
    find.dispatchEvent(new Event("input"));
    is("nothing found", rows(), 0);
    find.value = "";
    find.dispatchEvent(new Event("input"));
    if (page.classList.contains("hascharts")) {
        is("charts", page.dataset.charts, "5"); /* price, RSI, equity, drawdown, exposure */
        is("pictures behind them", shown("section.plain"), false);
        document.querySelectorAll("#trips tbody tr")[7].click();
        const trip = outcry.data.trips[7], range = outcry.range;
        is("a trip that was clicked is in view", range[0] < trip[2] && range[1] > trip[3] && range[1] - range[0] < 86400000, true);
        document.querySelector("#trips input[type=checkbox]").click();
        is("the table follows the charts", rows() > 0 && rows() < 100, true);
        document.querySelector("#charts .tools button").click();
        is("all again", outcry.range, null);
        const log = Array.from(document.querySelectorAll("#charts .tools button")).find(function (made) { return made.textContent === "Log"; });
        log.click();
        is("logarithmic", log.getAttribute("aria-pressed"), "true");
        const drawn = Array.from(document.querySelectorAll("#charts canvas")).some(function (canvas) {
            return canvas.width && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(function (value) { return value; });
        });
        is("something is drawn", drawn, true);
    }
    is("no line wider than the page", document.documentElement.scrollWidth <= innerWidth, true);
    document.title = "TOLD " + (wrong.concat(told).join("; ") || "nothing") + " CHARTS " + page.classList.contains("hascharts");
})();
JS
used() { # FROM TO
    { printf '<script nonce="%s">' "$nonce"; cat watch.js; echo '</script>'; } >head.part
    { printf '<script nonce="%s">' "$nonce"; cat use.js; echo '</script>'; } >tail.part
    sed -e '/<\/style><\/head>/r head.part' -e '/^<\/main><\/body><\/html>/{
r tail.part
N
}' "$1" >"$2"
}
used page.html used.html
told=$(seen used.html | grep -ao '<title>TOLD [^<]*')
[ "${told#<title>TOLD nothing}" != "$told" ] || { head -5 browser.err; fail "in the browser: ${told:-the script did not end}"; }
moves=${told##* }

# a phone, and the dark
told=$(seen used.html --window-size=390,844 --blink-settings=preferredColorScheme=0 | grep -ao '<title>TOLD [^<]*')
[ "${told#<title>TOLD nothing}" != "$told" ] || fail "on a phone in the dark: ${told:-the script did not end}"

# without its scripts, which the page's policy refuses where they are not its own: pictures, and the trips as they are
cat >use.js <<'JS'
(function () {
    function shown(selector) { return getComputedStyle(document.querySelector(selector)).display !== "none"; }
    document.title = "TOLD " + [document.documentElement.className === "", shown("section.plain svg path.equity"), shown(".plaintrips"), !shown(".livechart"),
        !shown("#trips"), document.querySelectorAll(".plaintrips tr").length - 1].join(" ");
})();
JS
sed "s/^<script nonce=\"$nonce\">\$/<script nonce=\"another\">/" page.html >refused.html
used refused.html plain.html
told=$(seen plain.html | grep -ao '<title>TOLD [^<]*')
[ "$told" = "<title>TOLD true true true true true $trips" ] || fail "without scripts: $told"
echo "a page in a browser: $trips trips, charts that move: $moves"
