#!/usr/bin/env bash
# The step of the action: prints annotations, and writes the job summary and the SARIF file.
set -euo pipefail

binary=${ASCP_BINARY:-${RUNNER_TEMP:?}/ascp-policy/bin/ascp-policy}
arguments=(--output github)

# The lines of a variable, without empty lines.
lines() { grep -v '^[[:space:]]*$' <<<"$1" || true; }

[[ -z ${ASCP_FAIL_ON:-} ]] || arguments+=(--fail-on "$ASCP_FAIL_ON")
[[ -z ${ASCP_SARIF:-} ]] || arguments+=(--output "sarif=$ASCP_SARIF")
summary=
if [[ ${ASCP_SUMMARY:-true} == true && -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  summary=$(mktemp)
  arguments+=(--output "markdown=$summary")
fi
while IFS= read -r line; do [[ -z $line ]] || arguments+=("$line"); done < <(lines "${ASCP_ARGUMENTS:-}")
paths=()
while IFS= read -r line; do [[ -z $line ]] || paths+=("$line"); done < <(lines "${ASCP_PATHS:-.}")

# A pull request is judged by the configuration of the branch that it goes to.
case ${ASCP_CONFIG_FROM:-auto} in
  none) ;;
  auto)
    if [[ -n ${GITHUB_BASE_REF:-} ]]; then
      git fetch --quiet --no-tags --depth=1 origin "refs/heads/$GITHUB_BASE_REF"
      arguments+=(--config-from "$(git rev-parse FETCH_HEAD)")
    fi
    ;;
  *) arguments+=(--config-from "$ASCP_CONFIG_FROM") ;;
esac

code=0
"$binary" check "${arguments[@]}" -- "${paths[@]}" || code=$?
if [[ -n $summary ]]; then
  cat "$summary" >>"$GITHUB_STEP_SUMMARY"
  rm -f "$summary"
fi
exit "$code"
