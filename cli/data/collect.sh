#!/bin/sh
# Saves the AWS metadata of an EKS cluster and its account, in one region, for ascp-policy to read.
#
# Every call only reads metadata: no call changes anything, none returns the value of a secret or parameter, and descriptions are
# not saved. The script continues after a failed call and exits with 1 at the end; the facts behind failed calls stay unknown. It
# does not call Organizations: describe the policies of the organization under `organization` in a world file.
#
#   sh collect.sh CLUSTER [DIRECTORY]
#
# Region and credentials are those of the AWS CLI: AWS_REGION, AWS_PROFILE.
set -eu
umask 077
cluster=${1:?name of the cluster}
directory=${2:-dumps}
AWS_PAGER=
export AWS_PAGER
mkdir -p "$directory"
failures=$directory/.failures
: >"$failures"

# fail CALL…: records a failed call.
fail() {
    echo "failed: aws $*" | tee -a "$failures" >&2
}

# save FILE CALL…: saves the answer of a call.
save() {
    file=$directory/$1
    shift
    if aws "$@" --output json >"$file.part"; then
        mv "$file.part" "$file"
    else
        rm -f "$file.part"
        fail "$@"
    fi
}

# names CALL…: prints the names of a list, one per line.
names() {
    if list=$(aws "$@" --output text); then
        printf '%s\n' "$list" | tr '\t' '\n' | sed '/^None$/d; /^$/d'
    else
        fail "$@"
    fi
}

save caller-identity.json sts get-caller-identity
save cluster.json eks describe-cluster --name "$cluster"
names eks list-pod-identity-associations --cluster-name "$cluster" --query 'associations[].associationId' |
    while read -r id; do
        save "association.$id.json" eks describe-pod-identity-association --cluster-name "$cluster" --association-id "$id"
    done

save authorization-details.json iam get-account-authorization-details --filter Role LocalManagedPolicy AWSManagedPolicy

secret='{ARN: ARN, Name: Name, KmsKeyId: KmsKeyId, PrimaryRegion: PrimaryRegion, ReplicationStatus: ReplicationStatus, DeletedDate: DeletedDate, Tags: Tags}'
names secretsmanager list-secrets --include-planned-deletion --query 'SecretList[].ARN' |
    while read -r arn; do
        id=${arn##*:}
        id=$(printf %s "$id" | sed 's,/,%2F,g')
        save "secret.$id.json" secretsmanager describe-secret --secret-id "$arn" --query "$secret"
        save "secret-policy.$id.json" secretsmanager get-resource-policy --secret-id "$arn"
    done

save aliases.json kms list-aliases
names kms list-keys --query 'Keys[].KeyId' |
    while read -r id; do
        # The policies of AWS managed keys are fixed.
        manager=$(aws kms describe-key --key-id "$id" --query KeyMetadata.KeyManager --output text || echo unknown)
        [ "$manager" != AWS ] || continue
        save "key.$id.json" kms describe-key --key-id "$id" --query '{KeyMetadata: KeyMetadata.{Arn: Arn, KeyId: KeyId, KeyManager: KeyManager, Enabled: Enabled}}'
        save "key-policy.$id.json" kms get-key-policy --key-id "$id" --policy-name default
        save "key-grants.$id.json" kms list-grants --key-id "$id"
        save "key-tags.$id.json" kms list-resource-tags --key-id "$id"
    done

save parameters.json ssm describe-parameters --query '{Parameters: Parameters[].{Name: Name, ARN: ARN, Type: Type, KeyId: KeyId, Tier: Tier}}'
names ssm describe-parameters --query 'Parameters[].Name' |
    while read -r name; do
        id=$(printf %s "$name" | sed 's,/,%2F,g')
        save "parameter-tags.$id.json" ssm list-tags-for-resource --resource-type Parameter --resource-id "$name"
    done
names ssm describe-parameters --query "Parameters[?Tier=='Advanced'].ARN" |
    while read -r arn; do
        id=$(printf %s "${arn#*:parameter}" | sed 's,/,%2F,g')
        save "parameter-shares.$id.json" ssm get-resource-policies --resource-arn "$arn"
    done

count=$(wc -l <"$failures" | tr -d ' ')
rm -f "$failures"
echo "saved in $directory; include it in a world file: { path: $directory/, account: NAME }" >&2
if [ "$count" -gt 0 ]; then
    echo "$count calls failed: the facts behind them stay unknown" >&2
    exit 1
fi
