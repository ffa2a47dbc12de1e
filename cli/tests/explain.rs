//! The sentence that the provider adds to a refusal, for the first refused mount of every broken world.

#![expect(clippy::unwrap_used, reason = "a world that cannot be read has failed")]

use expect_test::expect;
use loader::{Loaded, Options};
use policy_engine::{
    inventory::{Inventory, promise::Ask},
    simulator::{Question, Simulator, Target},
    source::{Origin, SourceMap},
    uncertainty::Uncertainties,
};
use rules::explain::{Reason, explain};
use std::{fmt::Write, fs, path::PathBuf};

fn load(world: &str) -> (Inventory, SourceMap) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds");
    let options = Options {
        paths: vec![folder.join(world)],
        ..Options::default()
    };
    let Loaded {
        inventory, sources, ..
    } = loader::load(&options).unwrap();
    (inventory, sources)
}

/// The reason of the first refused mount, asked by the mount or by the object alone.
fn first(inventory: &Inventory, by_object: bool) -> Option<Reason> {
    let simulator = Simulator::new(inventory);
    let mut reasons = simulator.mounts().iter().filter_map(|mount| {
        let target = match mount.object {
            Some(object) if by_object => Target::Object(object),
            _ => Target::Mount(mount),
        };
        let question = Question {
            pod: &mount.pod,
            target,
            ask: &Ask::Read,
            via: None,
            given: &[],
            other: Uncertainties::NONE,
        };
        explain(&simulator, &question, &simulator.walk(&question))
    });
    reasons.next()
}

/// The place as the provider prints it; a name of a machine's folder is cut off.
fn place(sources: &SourceMap, origin: Origin) -> String {
    let name = sources.name(origin.source);
    let (_, short) = name.rsplit_once("fixtures/worlds/").unwrap();
    let (_, short) = short.split_once('/').unwrap();
    format!("{short}:{}", sources.position(origin).unwrap().line)
}

#[test]
fn every_broken_world_has_its_sentence() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds");
    let entries = fs::read_dir(folder).unwrap();
    let mut worlds: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("broken-"))
        .collect();
    worlds.sort();
    let mut out = String::new();
    for world in worlds {
        let (inventory, sources) = load(&world);
        let reason = first(&inventory, false).unwrap();
        let place = reason.place.map(|origin| place(&sources, origin)).unwrap();
        let Reason { rule, sentence, .. } = reason;
        let code = rule.code;
        writeln!(out, "{world}\n    {code} {sentence} ({place})").unwrap();
    }
    expect![[r#"
        broken-association-of-other-namespace
            SPC122 the association is for namespace `develop`, not `dev` (aws/association.dev-app.json:4)
        broken-aws-managed-key-across-accounts
            KMS106 AWS denies decryption with an AWS managed key to other accounts (aws/vault/secret.dev-db.json:3)
        broken-boundary-silent
            XAC110 permissions boundary of pod-reader does not allow secretsmanager:GetSecretValue (aws/account-authorization-details.json:82)
        broken-irsa-instead-of-pod-identity
            SPC120 the class uses IRSA, and the service account has only a Pod Identity association (k8s/secretproviderclasses.yaml:8)
        broken-key-policy-names-other-role
            KMS101 key policy of vault:secrets names "arn:aws:iam::111122223333:role/pods-reader", and the caller is "arn:aws:iam::111122223333:role/pod-reader" (aws/vault/key-policy.6c1d4a52-8f0b-4a37-9d2e-3b7f51c0e894.json:2)
        broken-misspelt-session-tag
            TAG101 no session has the tag `kubernetes_namespace` (aws/account-authorization-details.json:42)
        broken-no-association
            SPC121 prod:dev/app cannot read `shop:dev/db`: its service account has no association (k8s/deployments.yaml:18)
        broken-policy-version-2008
            TAG115 `${…}` is literal text in policies before version 2012-10-17 (aws/account-authorization-details.json:31)
        broken-resource-arn-without-suffix
            SCT109 identity policy of pod-reader covers "arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db" and the secret is "arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-hW8pZc" (aws/shop/account-authorization-details.json:47)
        broken-resource-policy-missing
            XAC101 the secret is in another account and has no resource policy (aws/vault/resource-policy.dev-db.json:3)
        broken-scp-denies
            XAC108 a service control policy denies secretsmanager:GetSecretValue (policies/scp-guard.json:7)
        broken-session-tags-disabled
            POD210 prod:dev/app cannot read `shop:dev/db`: its association disables session tags, and a policy tests `kubernetes-namespace` (aws/association.dev-app.json:12)
        broken-trust-without-tag-session
            POD102 trust policy of pod-reader does not allow sts:TagSession (aws/account-authorization-details.json:20)
        broken-untagged-secret
            SCT101 identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret does not carry it (aws/account-authorization-details.json:42)
        broken-wrong-region
            SCT113 prod:dev/app mounts `dev/db`, and the secret does not exist in eu-west-1 (k8s/secretproviderclasses.yaml:9)
        broken-wrong-region-arn
            SPC106 prod:dev/app cannot mount the class `app-secrets`: ARN region must match region eu-west-1: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-hW8pZc (k8s/secretproviderclasses.yaml:9)
        broken-wrong-service-principal
            POD101 trust policy of pod-reader names "eks.amazonaws.com", and the caller is "pods.eks.amazonaws.com" (aws/account-authorization-details.json:17)
        broken-wrong-tag-value
            SCT106 identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "development" (aws/account-authorization-details.json:42)
    "#]].assert_eq(&out);
}

#[test]
fn a_world_that_works_and_an_object_that_is_named_alone() {
    let (inventory, _) = load("blog-cross-account");
    let refused = first(&inventory, false);
    assert_eq!(refused, None);
    let (inventory, _) = load("broken-wrong-tag-value");
    assert_eq!(first(&inventory, true), first(&inventory, false));
}
