#!/usr/bin/env bash
# Copies the fixtures into fuzz/corpus/<target>, one question, policy or file a seed. Needs jq.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fixtures=$here/../fixtures
corpus=$here/corpus
# Larger seeds only slow the fuzzer down.
largest=16k

# Standard input, each line a seed.
lines() {
    local target=$1 name=$2
    split --lines=1 --suffix-length=4 --numeric-suffixes - "$corpus/$target/$name-"
}

for target in parse_policy print_parse glob_model evaluate_total request_file world_file world_walk; do
    mkdir -p "$corpus/$target"
done

# Questions: the cases of the tables that ask one.
for table in "$fixtures"/decisions/*.json; do
    jq -c '.[] | select(.principal)' "$table" | lines request_file "$(basename "$table" .json)"
done

# Policies: every document in a table, and the texts of the grammar, which are not all JSON.
for table in "$fixtures"/decisions/*.json; do
    jq -c '.. | objects | select(.Statement)' "$table" | lines parse_policy "$(basename "$table" .json)"
done
jq -r '.[] | select(.text) | .id + " " + (.text | @base64)' "$fixtures/policies/grammar.json" |
    while read -r id text; do
        base64 --decode <<<"$text" >"$corpus/parse_policy/grammar-$id"
    done
cp "$corpus"/parse_policy/* "$corpus/print_parse/"

# Patterns over the texts they are asked about, known and with the secret's suffix as a hole (U+0003).
jq -c '.[] | select(.principal) | . as $case | [.policies | .. | objects | select(.Statement) | .. | objects]
    | .[] | (.Action?, .NotAction?, .Resource?, .NotResource?) | (arrays | .[]), strings
    | [., $case.action], [., $case.resource], [., ($case.resource | sub("-[A-Za-z0-9]{6}$"; "-\u0003"))]' \
    "$fixtures"/decisions/*.json | LC_ALL=C sort -u | jq -r '@base64 "\(join("\n"))"' |
    {
        number=0
        while read -r pair; do
            number=$((number + 1))
            base64 --decode <<<"$pair" >"$corpus/glob_model/pair-$number"
        done
    }

# Worlds, and whatever lies beside them: manifests, answers of AWS, policies.
find "$fixtures/worlds" -type f -size "-$largest" \( -name '*.yaml' -o -name '*.json' \) -print |
    while read -r file; do
        name=${file#"$fixtures/worlds/"}
        cp "$file" "$corpus/world_file/${name//\//-}"
    done
