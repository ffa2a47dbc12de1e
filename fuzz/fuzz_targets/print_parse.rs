//! A policy without mistakes: what is printed reads as the same policy, prints the same, and decides the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use policy_engine::{
    evaluator::{Decision, Policies, Side, Verdict, assumed, evaluate},
    policy::{
        PolicyDocument, PolicyType,
        parse::{self, Gravity},
        print::Canonical,
        set::PolicySet,
    },
    request::{Request, file},
    source::SourceId,
    syntax::json,
    uncertainty::Uncertainties,
};
use std::sync::{Arc, LazyLock};

const TYPES: [PolicyType; 9] = [
    PolicyType::Identity,
    PolicyType::Boundary,
    PolicyType::Session,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::Key,
    PolicyType::Scp,
    PolicyType::Rcp,
    PolicyType::Endpoint,
];

const REQUESTS: [&str; 6] = [
    r#"{"principal": "arn:aws:sts::111111111111:assumed-role/app/pod", "action": "secretsmanager:GetSecretValue",
        "resource": "arn:aws:secretsmanager:us-east-1:111111111111:secret:team-a/db-AbCdEf",
        "resourceAccount": "111111111111",
        "context": {"aws:PrincipalTag/team": "a", "aws:ResourceTag/team": "a", "aws:SourceIp": "10.0.0.1",
            "aws:CurrentTime": "2026-01-01T00:00:00Z", "aws:TagKeys": ["a", "b"]}}"#,
    r#"{"principal": "arn:aws:sts::111111111111:assumed-role/app/pod", "action": "secretsmanager:GetSecretValue",
        "resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:team-a/db-AbCdEf",
        "resourceAccount": "222222222222", "context": {"aws:PrincipalTag/team": "b"},
        "unknown": ["aws:ResourceTag/team", "aws:SourceVpce"]}"#,
    r#"{"principal": "arn:aws:sts::111111111111:assumed-role/app/pod", "action": "kms:Decrypt",
        "resource": "arn:aws:kms:us-east-1:111111111111:key/1234abcd", "resourceAccount": "111111111111",
        "context": {"kms:EncryptionContext:SecretARN": "a", "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}"#,
    r#"{"principal": {"service": "pods.eks.amazonaws.com"}, "action": "sts:AssumeRole",
        "resource": "arn:aws:iam::111111111111:role/app", "resourceAccount": "111111111111",
        "context": {"aws:RequestTag/kubernetes-namespace": "app"}}"#,
    r#"{"principal": "arn:aws:iam::111111111111:user/ann", "action": "sts:AssumeRole",
        "resource": "arn:aws:iam::111111111111:role/app", "resourceAccount": "111111111111",
        "context": {"sts:ExternalId": "a"}}"#,
    r#"{"principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key",
        "context": {"s3:max-keys": "5", "aws:SecureTransport": "true"}}"#,
];

const EVERYTHING: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

static QUESTIONS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let read = |text: &&str| {
        let node = json::parse(SourceId(0), text).unwrap();
        file::read(&node).unwrap().request
    };
    REQUESTS.iter().map(read).collect()
});

fuzz_target!(|text: &str| {
    let Ok(node) = json::parse(SourceId(0), text) else {
        return;
    };
    for kind in TYPES {
        let (document, errors) = parse::document(&node, kind, "policy");
        if !errors.is_empty() {
            continue;
        }
        let printed = serde_json::to_string(&Canonical(&document)).unwrap();
        let again = json::parse(SourceId(0), &printed)
            .unwrap_or_else(|error| panic!("{kind}: {error:?} in {printed}"));
        let (second, mut errors) = parse::document(&again, kind, "policy");
        // An empty list of principals prints as no principals at all, which is odd in another way.
        errors.retain(|error| error.gravity != Gravity::Odd);
        assert_eq!(errors, [], "{kind}: {printed}");
        assert_eq!(
            serde_json::to_string(&Canonical(&second)).unwrap(),
            printed,
            "{kind}: printing again"
        );
        assert_eq!(
            answers(document, kind),
            answers(second, kind),
            "{kind}: {printed}"
        );
    }
});

type Answer = (Decision, Vec<(Side, Verdict)>, Uncertainties);

/// What becomes of the fixed requests when the policy is added to others that allow everything.
fn answers(document: PolicyDocument, kind: PolicyType) -> Vec<Answer> {
    let set = PolicySet::new(kind, [Arc::new(document)]);
    let everything = json::parse(SourceId(0), EVERYTHING).unwrap();
    let (everything, _) = parse::document(&everything, PolicyType::Identity, "everything");
    let everything = PolicySet::new(PolicyType::Identity, [Arc::new(everything)]);
    let levels = [Arc::new(set.clone())];
    let mut policies = Policies {
        identity: Some(&everything),
        ..Policies::default()
    };
    match kind {
        PolicyType::Identity => policies.identity = Some(&set),
        PolicyType::Boundary => policies.boundary = Some(&set),
        PolicyType::Session => policies.session = Some(&set),
        PolicyType::Resource | PolicyType::Trust | PolicyType::Key => {
            policies.resource = Some(&set);
        }
        PolicyType::Scp => policies.scp = Some(&levels),
        PolicyType::Rcp => policies.rcp = Some(&levels),
        PolicyType::Endpoint => policies.endpoint = Some(&set),
    }
    let answer = |request: &Request| {
        let outcome = evaluate(request, &policies, Uncertainties::NONE);
        let assumed = assumed(request, &policies, Uncertainties::NONE, &outcome);
        (outcome.decision, outcome.sides().collect(), assumed)
    };
    QUESTIONS.iter().map(answer).collect()
}
