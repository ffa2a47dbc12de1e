//! Objects of ACK and of Crossplane.

use super::case::{READ, TRUST, decision, load};

/// The stack of a pod as objects of ACK; each part can be replaced.
fn ack(from: &str, to: &str) -> String {
    let whole = format!(
        "apiVersion: iam.services.k8s.aws/v1alpha1
kind: Role
metadata: {{ name: reader, namespace: ack, annotations: {{ of: role }} }}
spec: {{ name: pod-reader, assumeRolePolicyDocument: '{TRUST}', inlinePolicies: {{ read: '{READ}' }} }}
---
apiVersion: kms.services.k8s.aws/v1alpha1
kind: Key
metadata: {{ name: pay, namespace: ack }}
spec: {{ policy: '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"arn:aws:iam::111122223333:root\"}},\"Action\":\"kms:*\",\"Resource\":\"*\"}}]}}' }}
status: {{ enabled: true }}
---
apiVersion: secretsmanager.services.k8s.aws/v1alpha1
kind: Secret
metadata: {{ name: db, namespace: ack, annotations: {{ of: secret }} }}
spec: {{ name: pay/db, kmsKeyRef: {{ from: {{ name: pay }} }} }}
---
apiVersion: eks.services.k8s.aws/v1alpha1
kind: Cluster
metadata: {{ name: main, namespace: ack }}
spec: {{ name: prod }}
---
apiVersion: eks.services.k8s.aws/v1alpha1
kind: PodIdentityAssociation
metadata: {{ name: api, namespace: ack }}
spec: {{ clusterName: prod, namespace: pay, serviceAccount: api, roleRef: {{ from: {{ name: reader }} }} }}
"
    );
    assert!(whole.contains(from), "{from}");
    whole.replace(from, to)
}

fn deny(key: &str, value: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny","Action":"secretsmanager:*","Resource":"*","Condition":{{"StringNotEquals":{{"aws:ResourceTag/{key}":"{value}"}}}}}}]}}"#
    )
}

fn decided(objects: &str) -> String {
    decision(&load(&[("objects.yaml", objects)]))
}

#[test]
fn a_key_that_the_status_shows_as_unusable_decrypts_nothing() {
    assert_eq!(decided(&ack("", "")), "allow");
    for (status, expected) in [
        ("enabled: false", "refuse"),
        ("keyState: PendingDeletion", "refuse"),
        ("keyState: Disabled", "refuse"),
        ("keyState: Enabled", "allow"),
    ] {
        let objects = ack("enabled: true", status);
        assert_eq!(decided(&objects), expected, "{status}");
    }
}

#[test]
fn what_ack_adopts_or_only_reads_is_unknown() {
    for (annotation, expected) in [
        ("services.k8s.aws/adoption-policy: adopt", "unknown"),
        ("services.k8s.aws/adoption-policy: adopt-or-create", "allow"),
        ("services.k8s.aws/read-only: 'true'", "unknown"),
        ("services.k8s.aws/read-only: 'false'", "allow"),
    ] {
        let objects = ack("of: role", annotation);
        assert_eq!(decided(&objects), expected, "{annotation}");
    }
}

/// ACK documentation, "Resource tagging".
#[test]
fn tags_that_ack_adds_count() {
    for (key, value, expected) in [
        ("services.k8s.aws/namespace", "ack", "allow"),
        ("services.k8s.aws/namespace", "other", "deny"),
        ("services.k8s.aws/controller-version", "x", "unknown"),
        ("team", "pay", "deny"),
    ] {
        let objects = ack(READ, &deny(key, value));
        assert_eq!(decided(&objects), expected, "{key} {value}");
    }
}

/// The same stack as objects of Crossplane.
fn crossplane(policy: &str, role: &str) -> String {
    format!(
        "apiVersion: iam.aws.upbound.io/v1beta1
kind: Role
metadata: {{ name: pod-reader, annotations: {{ {role} }} }}
spec: {{ forProvider: {{ assumeRolePolicy: '{TRUST}', inlinePolicy: [{{ name: read, policy: '{policy}' }}] }} }}
---
apiVersion: secretsmanager.aws.upbound.io/v1beta1
kind: Secret
metadata: {{ name: db }}
spec: {{ forProvider: {{ name: pay/db, region: us-east-1 }} }}
---
apiVersion: eks.aws.upbound.io/v1beta1
kind: Cluster
metadata: {{ name: prod }}
spec: {{ forProvider: {{ region: us-east-1 }} }}
---
apiVersion: eks.aws.upbound.io/v1beta1
kind: PodIdentityAssociation
metadata: {{ name: api }}
spec: {{ forProvider: {{ region: us-east-1, clusterName: prod, namespace: pay, serviceAccount: api, roleArnRef: {{ name: pod-reader }} }} }}
"
    )
}

#[test]
fn tags_that_crossplane_adds_count_and_what_is_paused_is_unknown() {
    for (key, value, expected) in [
        ("crossplane-name", "db", "allow"),
        (
            "crossplane-kind",
            "secret.secretsmanager.aws.upbound.io",
            "allow",
        ),
        ("crossplane-name", "other", "deny"),
        ("team", "pay", "deny"),
    ] {
        let objects = crossplane(&deny(key, value), "of: role");
        assert_eq!(decided(&objects), expected, "{key} {value}");
    }
    assert_eq!(decided(&crossplane(READ, "of: role")), "allow");
    let paused = crossplane(READ, "crossplane.io/paused: 'true'");
    assert_eq!(decided(&paused), "unknown");
}

#[test]
fn an_object_of_a_kind_that_is_not_read_is_named_where_it_may_decide_access() {
    for (version, kind, is_named) in [
        ("iam.aws.upbound.io/v1beta1", "RolePoliciesExclusive", true),
        ("organizations.aws.upbound.io/v1beta1", "Policy", true),
        ("kms.aws.upbound.io/v1beta1", "ExternalKey", true),
        ("iam.services.k8s.aws/v1alpha1", "Group", false),
        ("s3.aws.upbound.io/v1beta1", "Bucket", false),
        ("ec2.aws.upbound.io/v1beta1", "VPCEndpoint", false),
    ] {
        let object = format!(
            "---\napiVersion: {version}\nkind: {kind}\nmetadata: {{ name: o }}\nspec: {{ forProvider: {{ region: us-east-1 }} }}\n"
        );
        let loaded = load(&[("objects.yaml", &(ack("", "") + &object))]);
        let unread = loaded.files.iter().any(|file| file.unread.is_some());
        assert_eq!(unread, is_named, "{kind}");
    }
}
