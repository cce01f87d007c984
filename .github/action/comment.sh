#!/bin/bash
# Keeps one comment on the pull request: found by its marker, changed only when its text changes, begun only for new findings.
set -euo pipefail

comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
gave_up() {
    echo "No comment: the token may not write here (a pull request from a fork, or no \`pull-requests: write\`)."
    exit 0
}
known=$(gh api --paginate "$comments" \
    --jq '.[] | select(.user.type == "Bot") | select(.body | startswith(env.MARKER)) | .id') || gave_up
id=${known%%$'\n'*}
if [ -z "$id" ]; then
    [ "$NEW" = true ] || { echo "No comment: there is nothing new to say."; exit 0; }
    gh api --method POST "$comments" --field body=@"$BODY" --silent || gave_up
    echo "Comment written."
elif [ "$(gh api "repos/$GITHUB_REPOSITORY/issues/comments/$id" --jq .body)" = "$(cat "$BODY")" ]; then
    echo "The comment says so already."
else
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field body=@"$BODY" --silent || gave_up
    echo "Comment brought up to date."
fi
