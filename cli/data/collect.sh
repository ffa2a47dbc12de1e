#!/bin/sh
# Saves what AWS tells of an EKS cluster and its account, in one region, for ascp-policy to read.
#
# Every call reads metadata: nothing is changed, no value of a secret or parameter is asked for, and descriptions are left out.
# What is refused is told and not saved, so that it stays unknown. Organizations is not asked: what binds an account is
# written as `organization` in a world.
#
#   sh collect.sh CLUSTER [DIRECTORY]
#
# Region and credentials are those of the AWS CLI: AWS_REGION, AWS_PROFILE.
set -eu
umask 077
cluster=${1:?the name of the cluster}
directory=${2:-dumps}
AWS_PAGER=
export AWS_PAGER
mkdir -p "$directory"

# save FILE CALL…: an answer, when there is one.
save() {
    file=$directory/$1
    shift
    if aws "$@" --output json >"$file.part"; then
        mv "$file.part" "$file"
    else
        rm -f "$file.part"
        echo "not saved: aws $*" >&2
    fi
}

# names CALL…: what a list names, one a line.
names() {
    if list=$(aws "$@" --output text); then
        printf '%s\n' "$list" | tr '\t' '\n' | sed '/^None$/d; /^$/d'
    else
        echo "not listed: aws $*" >&2
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
        # Of AWS's own keys everything is known.
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

echo "saved in $directory; include it in a world: { path: $directory/, account: NAME }" >&2
