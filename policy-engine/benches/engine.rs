//! What a decision costs, beside the hand-written comparison of the same strings and beside Cedar.
//!
//! Run with `cargo bench --manifest-path policy-engine/benches/Cargo.toml`; `docs/performance.md` has the table.

use divan::{AllocProfiler, Bencher, black_box};
use policy_engine::{
    evaluator::{Policies, evaluate, explain},
    inventory::{
        AccountId, Association, Attribute, Closed, Cluster, Dialect, Inventory, KeyRef, KmsKey, Listed, Region, ResourcePolicy, Role, RoleArn, Secret, Tag, Tags,
        promise::Ask,
    },
    policy::{PolicyDocument, PolicyType, builtin, parse, set::PolicySet},
    request::{Request, file},
    simulator::{Question, Simulator, Target},
    source::{Origin, SourceId, Spanned},
    syntax::json,
    text::Text,
    uncertainty::Uncertainties,
};
use std::{fmt::Write as _, sync::Arc};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// The policy of AWS's scenario: two tags of the secret must be those of the session.
const BLOG: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],
    "Resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:*",
    "Condition":{"StringEquals":{
        "secretsmanager:ResourceTag/kubernetes-namespace":"${aws:PrincipalTag/kubernetes-namespace}",
        "secretsmanager:ResourceTag/eks-cluster-name":"${aws:PrincipalTag/eks-cluster-name}"}}}]}"#;

const ROLE: &str = "arn:aws:iam::111122223333:role/pod-reader";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-AbCdEf";

fn document(text: &str, kind: PolicyType) -> Arc<PolicyDocument> {
    let node = json::parse(SourceId(0), text).expect("a policy of this file");
    Arc::new(parse::document(&node, kind, "policy").0)
}

fn identity(documents: impl IntoIterator<Item = Arc<PolicyDocument>>) -> PolicySet {
    PolicySet::new(PolicyType::Identity, documents)
}

/// GetSecretValue with the context of docs/semantics.md#pod-identity-chain.
fn request() -> Request {
    let text = format!(
        r#"{{"principal":"{ROLE}","action":"secretsmanager:GetSecretValue","resource":"{SECRET}",
        "context":{{"aws:PrincipalTag/kubernetes-namespace":"dev","aws:PrincipalTag/eks-cluster-name":"prod",
        "aws:PrincipalTag/kubernetes-service-account":"app","aws:PrincipalTag/kubernetes-pod-name":"app-6c9f",
        "aws:PrincipalTag/kubernetes-pod-uid":"7d1f","aws:PrincipalTag/eks-cluster-arn":"arn:aws:eks:us-east-1:111122223333:cluster/prod",
        "aws:PrincipalOrgID":"o-a1b2c3d4e5","aws:PrincipalOrgPaths":["o-a1b2c3d4e5/r-ab12/"],
        "aws:MultiFactorAuthPresent":"false","aws:TokenIssueTime":"2026-09-01T10:00:00Z",
        "aws:ResourceTag/kubernetes-namespace":"dev","secretsmanager:ResourceTag/kubernetes-namespace":"dev",
        "aws:ResourceTag/eks-cluster-name":"prod","secretsmanager:ResourceTag/eks-cluster-name":"prod",
        "aws:SourceVpce":"vpce-1","aws:SourceVpc":"vpc-1","aws:VpcSourceIp":"10.0.3.7",
        "aws:CurrentTime":"2026-09-01T10:05:00Z","aws:EpochTime":"1788257100"}}}}"#
    );
    let node = json::parse(SourceId(0), &text).expect("a request of this file");
    file::read(&node).expect("a request of this file").request
}

#[divan::bench_group(sample_size = 1_000)]
mod one_decision {
    use super::*;

    /// The floor: the same strings, compared by hand.
    #[divan::bench]
    fn by_hand(bencher: Bencher) {
        let parts = (
            "secretsmanager:getsecretvalue".to_owned(),
            SECRET.to_owned(),
            ["dev".to_owned(), "prod".to_owned()],
            ["dev".to_owned(), "prod".to_owned()],
        );
        bencher.bench_local(|| {
            let (action, resource, session, secret) = black_box(&parts);
            let action = action == "secretsmanager:getsecretvalue"
                || action == "secretsmanager:describesecret";
            let mut segments = resource.splitn(6, ':');
            let mut next = || segments.next().unwrap_or("");
            let resource = next() == "arn"
                && next() == "aws"
                && next() == "secretsmanager"
                && next() == "us-east-1"
                && next() == "111122223333"
                && next().starts_with("secret:");
            action && resource && session == secret
        });
    }

    #[divan::bench]
    fn silent(bencher: Bencher) {
        let (request, set) = (request(), identity([document(BLOG, PolicyType::Identity)]));
        let policies = Policies {
            identity: Some(&set),
            ..Policies::default()
        };
        bencher
            .bench_local(|| evaluate(black_box(&request), &policies, Uncertainties::NONE).decision);
    }

    #[divan::bench]
    fn traced(bencher: Bencher) {
        let (request, set) = (request(), identity([document(BLOG, PolicyType::Identity)]));
        let policies = Policies {
            identity: Some(&set),
            ..Policies::default()
        };
        bencher.bench_local(|| explain(black_box(&request), &policies, Uncertainties::NONE));
    }

    /// Cedar on the same question: principal and resource with two tags each.
    #[divan::bench]
    fn cedar(bencher: Bencher) {
        let question = Cedar::new(1);
        bencher.bench_local(|| question.ask());
    }
}

#[divan::bench_group(sample_size = 100)]
mod loaded_policies {
    use super::*;

    const COUNTS: [usize; 5] = [1, 10, 100, 1_000, 10_000];

    /// Policies for other secrets, beside the one that decides.
    fn crowd(count: usize) -> PolicySet {
        let others = (1..count).map(|number| {
            document(
                &BLOG.replace("secret:*", &format!("secret:team-{number}/db-??????")),
                PolicyType::Identity,
            )
        });
        let own = document(
            &BLOG.replace("secret:*", "secret:dev/db-??????"),
            PolicyType::Identity,
        );
        identity(others.chain([own]))
    }

    #[divan::bench(args = COUNTS)]
    fn other_secrets(bencher: Bencher, count: usize) {
        let (request, set) = (request(), crowd(count));
        let policies = Policies {
            identity: Some(&set),
            ..Policies::default()
        };
        bencher
            .bench_local(|| evaluate(black_box(&request), &policies, Uncertainties::NONE).decision);
    }

    /// Every policy could speak: the cost that cannot be avoided.
    #[divan::bench(args = [1, 10, 100, 1_000])]
    fn same_secret(bencher: Bencher, count: usize) {
        let never = BLOG.replace("kubernetes-namespace}", "no-such-tag}");
        let others = (1..count).map(|_| document(&never, PolicyType::Identity));
        let set = identity(others.chain([document(BLOG, PolicyType::Identity)]));
        let request = request();
        let policies = Policies {
            identity: Some(&set),
            ..Policies::default()
        };
        bencher
            .bench_local(|| evaluate(black_box(&request), &policies, Uncertainties::NONE).decision);
    }

    #[divan::bench(args = [1, 10, 100, 1_000])]
    fn cedar(bencher: Bencher, count: usize) {
        let question = Cedar::new(count);
        bencher.bench_local(|| question.ask());
    }
}

mod documents {
    use super::*;

    #[divan::bench]
    fn parse_json_and_policy(bencher: Bencher) {
        bencher.bench_local(|| document(black_box(BLOG), PolicyType::Identity));
    }

    #[divan::bench]
    fn compile(bencher: Bencher) {
        let document = document(BLOG, PolicyType::Identity);
        bencher.bench_local(|| identity([black_box(&document).clone()]));
    }
}

mod worst_cases {
    use super::*;

    fn decide(bencher: Bencher, policy: &str) {
        let (request, set) = (
            request(),
            identity([document(policy, PolicyType::Identity)]),
        );
        let policies = Policies {
            identity: Some(&set),
            ..Policies::default()
        };
        bencher
            .bench_local(|| evaluate(black_box(&request), &policies, Uncertainties::NONE).decision);
    }

    #[divan::bench(args = [10, 100, 1_000])]
    fn stars(bencher: Bencher, count: usize) {
        let pattern = format!("{}z", "*e".repeat(count));
        decide(
            bencher,
            &BLOG.replace("secret:*", &format!("secret:{pattern}")),
        );
    }

    #[divan::bench(args = [10, 100, 1_000])]
    fn values(bencher: Bencher, count: usize) {
        let mut values = String::new();
        for number in 0..count {
            let _ = write!(values, "\"team-{number}\",");
        }
        let list = format!("[{}\"dev\"]", values);
        decide(
            bencher,
            &BLOG.replace("\"${aws:PrincipalTag/kubernetes-namespace}\"", &list),
        );
    }

    #[divan::bench(args = [1, 10, 100])]
    fn conditions(bencher: Bencher, count: usize) {
        let mut keys = String::new();
        for number in 0..count {
            let _ = write!(keys, "\"aws:PrincipalTag/t{number}\":\"x\",");
        }
        let block = format!(
            "\"StringEqualsIfExists\":{{{}\"aws:SourceVpc\":\"vpc-1\"}},\"StringEquals\"",
            keys
        );
        decide(bencher, &BLOG.replace("\"StringEquals\"", &block));
    }
}

mod whole_chain {
    use super::*;

    fn spanned<T>(value: T) -> Spanned<T> {
        Spanned::new(value, Origin::NOWHERE)
    }

    fn tag(key: &str, value: &str) -> Tag {
        Tag {
            key: spanned(key.into()),
            value: spanned(Text::from(value)),
        }
    }

    fn world() -> Inventory {
        let cluster = "arn:aws:eks:us-east-1:111122223333:cluster/prod".to_owned();
        let tags = vec![
            tag("kubernetes-namespace", "dev"),
            tag("eks-cluster-name", "prod"),
        ];
        Inventory {
            closed: Closed {
                all: true,
                kinds: Vec::new(),
                ..Closed::default()
            },
            clusters: vec![Cluster {
                arn: cluster.clone(),
                name: "prod".into(),
                account: AccountId::parse("111122223333").unwrap(),
                region: Region::parse("us-east-1").unwrap(),
                partition: "aws".into(),
                issuer: Attribute::unstated(),
                endpoints: Vec::new(),
                rotation: true,
                provider: Dialect::default(),
                audiences: None,
                origin: Origin::NOWHERE,
            }],
            associations: vec![Association {
                cluster,
                namespace: spanned("dev".into()),
                service_account: spanned("app".into()),
                role: Attribute::Known(spanned(ROLE.into())),
                target_role: Attribute::Absent,
                external_id: Attribute::Absent,
                session_tags: Attribute::Known(spanned(true)),
                policy: Attribute::Absent,
                declared: None,
                duplicates: Vec::new(),
                origin: Origin::NOWHERE,
            }],
            roles: vec![Role {
                arn: RoleArn::parse(ROLE).unwrap(),
                trust: Attribute::Known(Arc::new(builtin::pod_identity_trust())),
                inline: Listed::all(vec![
                    document(BLOG, PolicyType::Identity),
                    document(DECRYPT, PolicyType::Identity),
                ]),
                attached: Listed::default(),
                boundary: Attribute::Absent,
                tags: Tags::all(Vec::new(), Origin::NOWHERE),
                unique_id: None,
                origin: Origin::NOWHERE,
            }],
            secrets: vec![Secret {
                arn: Text::from(SECRET),
                name: "dev/db".into(),
                account: AccountId::parse("111122223333").unwrap(),
                region: Region::parse("us-east-1").unwrap(),
                tags: Tags::all(tags, Origin::NOWHERE),
                key: KeyRef::Named(spanned(KEY.into())),
                policy: ResourcePolicy::None(Origin::NOWHERE),
                replicas: Listed::default(),
                deleted: Attribute::Absent,
                origin: Origin::NOWHERE,
            }],
            keys: vec![KmsKey {
                arn: Text::from(KEY),
                name: None,
                account: "111122223333".into(),
                region: "us-east-1".into(),
                policy: Attribute::Known(Arc::new(builtin::default_key_policy(
                    "aws",
                    "111122223333",
                ))),
                aliases: Vec::new(),
                more_aliases: None,
                grants: Listed::default(),
                tags: None,
                aws_managed: false,
                enabled: Attribute::Absent,
                unfit: Attribute::Absent,
                origin: Origin::NOWHERE,
            }],
            ..Inventory::default()
        }
    }

    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const DECRYPT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}}"#;

    /// All stages of `pod → secret`, explained.
    #[divan::bench(sample_size = 100)]
    fn explained(bencher: Bencher) {
        let world = world();
        let simulator = Simulator::new(&world);
        let pod = world.pods().remove(0);
        let object = world.find_objects("dev/db").remove(0);
        let question = Question {
            pod: &pod,
            target: Target::Object(object),
            ask: &Ask::Read,
            via: None,
            given: &[],
            other: Uncertainties::NONE,
        };
        bencher.bench_local(|| simulator.walk(black_box(&question)));
    }
}

/// The scenario in Cedar: the permit compares the tags of principal and resource.
struct Cedar {
    policies: cedar_policy::PolicySet,
    entities: cedar_policy::Entities,
    request: cedar_policy::Request,
    authorizer: cedar_policy::Authorizer,
}

impl Cedar {
    fn new(count: usize) -> Self {
        let mut text = String::from(
            "permit(principal, action == Action::\"GetSecretValue\", resource == Secret::\"dev/db\") when {
                resource.namespace == principal.namespace && resource.cluster == principal.cluster };",
        );
        for number in 1..count {
            let _ = write!(
                text,
                "permit(principal, action == Action::\"GetSecretValue\", resource == Secret::\"team-{number}\") when {{
                    resource.namespace == principal.namespace && resource.cluster == principal.cluster }};"
            );
        }
        let entities = r#"[
            {"uid":{"type":"Session","id":"app"},"attrs":{"namespace":"dev","cluster":"prod"},"parents":[]},
            {"uid":{"type":"Secret","id":"dev/db"},"attrs":{"namespace":"dev","cluster":"prod"},"parents":[]}]"#;
        let uid = |text: &str| text.parse().expect("an entity of this file");
        let request = cedar_policy::Request::new(
            uid("Session::\"app\""),
            uid("Action::\"GetSecretValue\""),
            uid("Secret::\"dev/db\""),
            cedar_policy::Context::empty(),
            None,
        );
        Self {
            policies: text.parse().expect("policies of this file"),
            entities: cedar_policy::Entities::from_json_str(entities, None)
                .expect("entities of this file"),
            request: request.expect("a request of this file"),
            authorizer: cedar_policy::Authorizer::new(),
        }
    }

    fn ask(&self) -> cedar_policy::Decision {
        self.authorizer
            .is_authorized(black_box(&self.request), &self.policies, &self.entities)
            .decision()
    }
}
