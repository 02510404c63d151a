#!/bin/sh
# mcp.sh OUTCRY: credentials from an MCP server that is made with the protocol's own library (npm); 77 where there is no npm, or it
# reaches no registry. tests/unit/key_source_test.c holds servers that misbehave.
set -u
. "$(dirname "$0")/kit.sh"
command -v node >/dev/null && command -v npm >/dev/null || { echo "mcp: neither node nor npm: skipped"; exit 77; }
kept="$build/tests/keys/npm"
[ -d "$kept/node_modules/@modelcontextprotocol/sdk" ] || HOME="$w" npm install --prefix "$kept" --silent --no-audit --no-fund \
    @modelcontextprotocol/sdk@1 zod@3 >npm.out 2>&1 || { echo "mcp: npm has no registry: skipped"; exit 77; }
cp "$here/server.mjs" "$kept/" || exit 1
export CANARY_KEY=canary-mcp-key-4711 CANARY_SECRET=canary-mcp-secret-0815-abcdef
server="mcp = [\"node\", \"$kept/server.mjs\"]"
fields() { # WORDS OF THE SECRET [TIMEOUT]
    config "environment = \"local\";
      api_key = { $server; tool = \"get_secret\"; arguments = \"{\\\"name\\\":\\\"key\\\"}\"; timeout = \"60s\"; };
      passphrase = { command = [\"echo\", \"a phrase\"]; };
      secret = { $server; timeout = \"${2:-60s}\"; $1 };"
}
none_said() { ! grep -ql canary-mcp-secret out err || fail "the secret is said: $1"; }

transcript "$CANARY_KEY" "$CANARY_SECRET" 'a phrase'
for words in 'tool = "get_secret"; arguments = "{\"name\":\"secret\"}";' \
    'tool = "get_item"; arguments = "{\"id\":7}"; result = "content.0.text.fields.1.value";' \
    'tool = "structured"; result = "structuredContent.value";'; do
    fields "$words"
    runs || fail "$words: $(cat err)"
    none_said "$words"
done
refused() { # WORDS SAYS [TIMEOUT]
    fields "$1" "${3:-60s}"
    runs && fail "goes on: $1"
    grep -q "$2" err || fail "$1: expected '$2': $(cat err)"
    none_said "$1"
}
refused 'tool = "fails";' 'its tool says an error'
refused 'tool = "nothing_of_that_name";' 'says an error\|answers with an error'
refused 'tool = "dies";' 'it ended without an answer'
refused 'tool = "slow";' 'not answered in time' 3s
refused 'tool = "get_secret"; arguments = "{\"name\":\"secret\"}"; result = "content.1.text";' 'nothing at the path'
refused 'tool = "get_secret"; arguments = "no json";' 'no JSON object'
refused '' 'without `tool`'
pgrep -f "$kept/server.mjs" >/dev/null && fail "a server was left running"
echo "mcp: three ways to a secret, seven to none, and no word of it"
