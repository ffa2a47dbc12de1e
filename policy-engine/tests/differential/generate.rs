//! Random request files (fixtures/decisions/README.md) as plain JSON.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "used by tests only"
)]

use super::vocabulary::{
    ACTIONS, FURTHER_KEYS, Family, MULTI_KEYS, OPERATORS, PRINCIPALS, PROVIDER, QUESTIONS,
    RESOURCES, ROLE, SERVICE, SHORT_RESOURCES, SINGLE_KEYS, TRUST_ACTIONS, patterns, values,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// What the grammar of a policy type lets a statement hold (docs/semantics.md#statement-elements).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Identity,
    Resource,
    Key,
    Trust,
    Scp,
    Rcp,
    Endpoint,
}

/// A request file that the engine must be able to read.
pub(crate) fn request() -> impl Strategy<Value = Value> {
    (principal(), select(QUESTIONS)).prop_flat_map(|(principal, question)| {
        let (action, resource, owner) = question_for(&principal, question);
        let resource_type = if action.starts_with("kms:") {
            Type::Key
        } else if resource.contains(":role/") {
            Type::Trust
        } else {
            Type::Resource
        };
        let bearer = bearer(&principal);
        let policies = policies(resource_type, bearer).prop_flat_map(|policies| {
            let tested = tested(&policies);
            (
                Just(policies),
                context(&tested),
                option::weighted(0.35, vec(select(unknowable(&tested)), 1..3)),
            )
        });
        (
            Just((principal, action, resource, owner)),
            policies,
            facts(action),
        )
            .prop_map(|(question, (policies, context, unknown), facts)| {
                let (principal, action, resource, owner) = question;
                let mut request = Map::new();
                request.insert("principal".to_owned(), principal);
                request.insert("action".to_owned(), json!(action));
                request.insert("resource".to_owned(), json!(resource));
                if let Some(owner) = owner {
                    request.insert("resourceAccount".to_owned(), json!(owner));
                }
                request.insert("context".to_owned(), context);
                if let Some(unknown) = unknown {
                    request.insert("unknown".to_owned(), json!(unknown));
                }
                request.insert("policies".to_owned(), policies);
                for (name, value) in facts {
                    request.insert(name.to_owned(), value);
                }
                add_id(&mut request);
                // What has no resource has no policy of a resource.
                if request["resource"] == "*" {
                    request["policies"]
                        .as_object_mut()
                        .unwrap()
                        .remove("resource");
                }
                Value::Object(request)
            })
    })
}

/// The operator and the key of every test in a tree of policies.
fn tests(policies: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    match policies {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "Condition" {
                    for (operator, keys) in member.as_object().into_iter().flatten() {
                        for key in keys.as_object().into_iter().flatten().map(|(key, _)| key) {
                            pairs.push((operator.clone(), key.clone()));
                        }
                    }
                } else {
                    pairs.extend(tests(member));
                }
            }
        }
        Value::Array(elements) => pairs.extend(elements.iter().flat_map(tests)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    pairs
}

/// Every key of the vocabulary.
pub(crate) fn all_keys() -> Vec<(&'static str, Family)> {
    [SINGLE_KEYS, MULTI_KEYS, FURTHER_KEYS].concat()
}

/// The keys that policies test, as the vocabulary spells them.
fn tested(policies: &Value) -> Vec<&'static str> {
    let mut names: Vec<_> = tests(policies)
        .iter()
        .flat_map(|(_, key)| {
            all_keys()
                .into_iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(key))
        })
        .map(|(name, _)| name)
        .collect();
    let text = policies.to_string();
    let variables = all_keys()
        .into_iter()
        .filter(|(name, _)| text.contains(&format!("${{{name}")))
        .map(|(name, _)| name);
    names.extend(variables);
    names
}

/// Keys that may be unknown: those that are tested, or any when none is.
fn unknowable(tested: &[&'static str]) -> Vec<&'static str> {
    if tested.is_empty() {
        return all_keys().into_iter().map(|(name, _)| name).collect();
    }
    tested.to_vec()
}

fn principal() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => Just(json!("arn:aws:sts::111111111111:assumed-role/app/pod")),
        2 => Just(json!("arn:aws:sts::222222222222:assumed-role/app/pod")),
        2 => Just(json!("arn:aws:iam::111111111111:role/team/path-app")),
        3 => Just(json!("arn:aws:iam::111111111111:user/dev/ann")),
        1 => Just(json!("arn:aws:iam::222222222222:user/bob")),
        1 => Just(json!("arn:aws:iam::111111111111:root")),
        1 => Just(json!("arn:aws:sts::111111111111:federated-user/fred")),
        1 => Just(json!("arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")),
        1 => Just(json!({ "service": SERVICE })),
        1 => Just(json!({ "federated": PROVIDER })),
        1 => Just(json!("anonymous")),
    ]
}

/// Questions that the principal can ask at all.
fn question_for(
    principal: &Value,
    question: (&'static str, &'static str, Option<&'static str>),
) -> (&'static str, &'static str, Option<&'static str>) {
    if principal["federated"].is_string() {
        return ("sts:AssumeRoleWithWebIdentity", ROLE, None);
    }
    let (action, resource, owner) = question;
    // An action without resources is asked in the caller's own account.
    if resource == "*" {
        let own = principal
            .as_str()
            .filter(|arn| arn.contains(":222222222222:"));
        return (
            action,
            resource,
            own.map_or(owner, |_| Some("222222222222")),
        );
    }
    question
}

/// The unique id of the caller, where a policy of the vocabulary may name it.
fn add_id(request: &mut Map<String, Value>) {
    let id = match request["principal"].as_str() {
        Some("arn:aws:sts::111111111111:assumed-role/app/pod") => "AROAAPP",
        Some("arn:aws:iam::111111111111:user/dev/ann") => "AIDAANN",
        // Without an id, whether a principal that is an id means the caller is not known.
        Some(user) if user.contains(":user/") => "AIDAOTHER",
        Some(_) => "AROAOTHER",
        None => return,
    };
    request.insert("principalId".to_owned(), json!(id));
}

/// Values for some keys, mostly those that are tested.
fn context(tested: &[&'static str]) -> impl Strategy<Value = Value> + use<> {
    let preferred = |keys: &'static [(&'static str, Family)]| {
        let wanted: Vec<_> = keys
            .iter()
            .copied()
            .filter(|(name, _)| tested.contains(name))
            .collect();
        if wanted.is_empty() {
            select(keys).boxed()
        } else {
            prop_oneof![4 => select(wanted), 1 => select(keys)].boxed()
        }
    };
    let single = preferred(SINGLE_KEYS).prop_flat_map(|(key, family)| {
        prop_oneof![
            8 => select(values(family)).prop_map(|value| json!(value)),
            3 => composed(&["a", "b", "A", "*", "?", "-", "/", ":", "é"]).prop_map(|value| json!(value)),
            1 => Just(Value::Null),
            1 => Just(json!(true)),
            1 => Just(json!(5)),
        ]
        .prop_map(move |value| (key.to_owned(), value))
    });
    let multi = preferred(MULTI_KEYS).prop_flat_map(|(key, family)| {
        prop_oneof![
            6 => vec(select(values(family)), 0..3).prop_map(|values| json!(values)),
            1 => select(values(family)).prop_map(|value| json!(value)),
        ]
        .prop_map(move |value| (key.to_owned(), value))
    });
    vec(prop_oneof![3 => single, 1 => multi], 0..6)
        .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
}

fn composed(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    vec(select(pieces), 0..4).prop_map(|pieces| pieces.concat())
}

/// Members of the request that only some requests have.
fn facts(action: &'static str) -> BoxedStrategy<Vec<(&'static str, Value)>> {
    // What the row of a web identity holds is not generated.
    let filter = if action == "sts:AssumeRoleWithWebIdentity" {
        Just(None).boxed()
    } else {
        option::weighted(0.05, Just(("filterContext", json!(true)))).boxed()
    };
    let flags = (
        filter,
        option::weighted(0.05, Just(("principalInManagementAccount", json!(true)))),
        option::weighted(0.05, Just(("resourceInManagementAccount", json!(true)))),
    )
        .prop_map(|(filter, principal, resource)| {
            let flags = filter.into_iter().chain(principal).chain(resource);
            flags.collect::<Vec<_>>()
        });
    if action != "kms:Decrypt" {
        return flags.boxed();
    }
    let via = option::of(Just((
        "via",
        json!("secretsmanager.us-east-1.amazonaws.com"),
    )));
    let grants = option::weighted(
        0.3,
        vec(grant(), 1..3).prop_map(|grants| ("grants", json!(grants))),
    );
    (flags, via, grants)
        .prop_map(|(flags, via, grants)| flags.into_iter().chain(via).chain(grants).collect())
        .boxed()
}

fn grant() -> impl Strategy<Value = Value> {
    let constraint = || {
        option::weighted(
            0.3,
            prop_oneof![
                select(values(Family::Text)).prop_map(|value| json!({ "SecretARN": value })),
                select(values(Family::Text))
                    .prop_map(|value| json!({ "v": value, "SecretARN": "a" })),
            ],
        )
    };
    (
        select(&PRINCIPALS[..PRINCIPALS.len() - 1]),
        select(&["Decrypt", "Encrypt"][..]),
        constraint(),
        constraint(),
    )
        .prop_map(|(grantee, operation, equals, subset)| {
            let mut grant = json!({ "grantee": grantee, "operations": [operation, "DescribeKey"] });
            if let Some(equals) = equals {
                grant["contextEquals"] = equals;
            }
            if let Some(subset) = subset {
                grant["contextSubset"] = subset;
            }
            grant
        })
}

/// Which policies of their own a principal can have ("Order of evaluation").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bearer {
    Nothing,
    User,
    Session,
}

fn bearer(principal: &Value) -> Bearer {
    match principal.as_str() {
        Some(arn) if arn.contains(":user/") => Bearer::User,
        Some(arn) if arn != "anonymous" && !arn.ends_with(":root") => Bearer::Session,
        _ => Bearer::Nothing,
    }
}

fn policies(resource: Type, bearer: Bearer) -> impl Strategy<Value = Value> {
    let own = |can_have: bool, weight: f64| {
        if can_have {
            option::weighted(weight, documents(Type::Identity)).boxed()
        } else {
            Just(None).boxed()
        }
    };
    let any = bearer != Bearer::Nothing;
    (
        own(any, 0.8),
        own(any, 0.2),
        own(bearer == Bearer::Session, 0.25),
        option::weighted(if any { 0.6 } else { 0.9 }, documents(resource)),
        option::weighted(0.2, levels(Type::Scp)),
        option::weighted(0.2, levels(Type::Rcp)),
        option::weighted(0.15, documents(Type::Endpoint)),
    )
        .prop_map(
            |(identity, boundary, session, resource, scp, rcp, endpoint)| {
                json!({
                    "identity": identity, "boundary": boundary, "session": session, "resource": resource,
                    "scp": scp, "rcp": rcp, "endpoint": endpoint,
                })
            },
        )
}

fn documents(kind: Type) -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => document(kind),
        1 => vec(document(kind), 0..3).prop_map(|documents| json!(documents)),
        1 => document(kind).prop_map(|document| json!([{ "name": "p", "document": document }])),
    ]
}

fn levels(kind: Type) -> impl Strategy<Value = Value> {
    let full = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
    let level = (option::weighted(0.8, Just(full)), vec(document(kind), 0..2)).prop_map(
        move |(full, documents)| {
            let full = full.filter(|_| kind == Type::Scp);
            json!(full.into_iter().chain(documents).collect::<Vec<_>>())
        },
    );
    vec(level, 0..3).prop_map(|levels| json!(levels))
}

fn document(kind: Type) -> BoxedStrategy<Value> {
    let version = match kind {
        Type::Scp | Type::Rcp => Just(Some("2012-10-17")).boxed(),
        _ => prop_oneof![
            6 => Just(Some("2012-10-17")),
            1 => Just(Some("2008-10-17")),
            1 => Just(None),
        ]
        .boxed(),
    };
    (version, vec(statement(kind), 1..3), any::<bool>())
        .prop_map(|(version, mut statements, bare)| {
            let mut document = json!({});
            if let Some(version) = version {
                document["Version"] = json!(version);
            }
            document["Statement"] = if bare && statements.len() == 1 {
                statements.remove(0)
            } else {
                json!(statements)
            };
            document
        })
        .boxed()
}

fn statement(kind: Type) -> impl Strategy<Value = Value> {
    let effect = match kind {
        Type::Rcp => Just("Deny").boxed(),
        _ => prop_oneof![4 => Just("Allow"), 1 => Just("Deny")].boxed(),
    };
    (
        effect,
        action(kind),
        resource(kind),
        principal_element(kind),
        condition(),
    )
        .prop_map(|(effect, action, resource, principal, condition)| {
            let mut statement = Map::new();
            statement.insert("Effect".to_owned(), json!(effect));
            for (name, value) in [Some(action), resource, principal].into_iter().flatten() {
                statement.insert(name.to_owned(), value);
            }
            if let Some(condition) = condition {
                statement.insert("Condition".to_owned(), condition);
            }
            Value::Object(statement)
        })
}

type Member = (&'static str, Value);

fn action(kind: Type) -> BoxedStrategy<Member> {
    match kind {
        Type::Trust => listed(TRUST_ACTIONS)
            .prop_map(|value| ("Action", value))
            .boxed(),
        // A resource control policy does not take the bare `*`.
        Type::Rcp => listed(&ACTIONS[1..])
            .prop_map(|value| ("Action", value))
            .boxed(),
        _ => prop_oneof![
            6 => Just(("Action", json!("*"))),
            5 => listed(ACTIONS).prop_map(|value| ("Action", value)),
            1 => listed(&ACTIONS[1..]).prop_map(|value| ("NotAction", value)),
        ]
        .boxed(),
    }
}

fn resource(kind: Type) -> BoxedStrategy<Option<Member>> {
    let patterns = match kind {
        // What a short pattern does is written for these types only (U-9).
        Type::Identity | Type::Scp | Type::Rcp => [RESOURCES, SHORT_RESOURCES].concat(),
        Type::Resource | Type::Key | Type::Trust | Type::Endpoint => RESOURCES.to_vec(),
    };
    let some = prop_oneof![
        8 => Just(("Resource", json!("*"))),
        5 => listed(&patterns).prop_map(|value| ("Resource", value)),
        1 => listed(&patterns[1..]).prop_map(|value| ("NotResource", value)),
    ];
    match kind {
        Type::Trust => Just(None).boxed(),
        // KMS keeps a statement without a resource; it has no effect.
        Type::Key => option::weighted(0.95, some).boxed(),
        _ => some.prop_map(Some).boxed(),
    }
}

/// One string, a list of some, or now and then an empty list.
fn listed(words: &[&'static str]) -> impl Strategy<Value = Value> + use<> {
    let words = words.to_vec();
    prop_oneof![
        10 => select(words.clone()).prop_map(|word| json!(word)),
        6 => vec(select(words), 1..4).prop_map(|words| json!(words)),
        1 => Just(json!([])),
    ]
}

fn principal_element(kind: Type) -> BoxedStrategy<Option<Member>> {
    let entries = || {
        prop_oneof![
            6 => Just(json!("*")),
            1 => Just(json!({ "AWS": "*" })),
            8 => vec(select(PRINCIPALS), 1..4).prop_map(|entries| json!({ "AWS": entries })),
            1 => Just(json!({ "AWS": [] })),
            1 => Just(json!({ "CanonicalUser": "x" })),
            2 => Just(json!({ "Service": SERVICE })),
            1 => Just(json!({ "Service": ["ec2.amazonaws.com", SERVICE], "AWS": "111111111111" })),
            2 => Just(json!({ "Federated": PROVIDER })),
        ]
    };
    let not_entries = vec(select(PRINCIPALS), 1..5).prop_map(|entries| json!({ "AWS": entries }));
    match kind {
        Type::Identity | Type::Scp => Just(None).boxed(),
        Type::Rcp => Just(Some(("Principal", json!("*")))).boxed(),
        Type::Trust | Type::Endpoint => entries()
            .prop_map(|entries| Some(("Principal", entries)))
            .boxed(),
        Type::Resource | Type::Key => prop_oneof![
            8 => entries().prop_map(|entries| Some(("Principal", entries))),
            1 => not_entries.prop_map(|entries| Some(("NotPrincipal", entries))),
            // A statement without a principal matches nobody.
            1 => Just(None),
        ]
        .boxed(),
    }
}

fn condition() -> impl Strategy<Value = Option<Value>> {
    let conditions = vec(prop_oneof![9 => comparison(), 1 => null()], 0..3).prop_map(|tests| {
        let mut condition = Map::new();
        for (operator, key, values) in tests {
            let block = condition.entry(operator).or_insert_with(|| json!({}));
            let block = block.as_object_mut().unwrap();
            // AWS refuses two spellings of one key under an operator.
            if !block.keys().any(|other| other.eq_ignore_ascii_case(key)) {
                block.insert(key.to_owned(), values);
            }
        }
        Value::Object(condition)
    });
    option::weighted(0.6, conditions)
}

type Test = (String, &'static str, Value);

fn null() -> impl Strategy<Value = Test> {
    let qualifier = select(&["", "", "", "ForAllValues:", "ForAnyValue:"][..]);
    let values = prop_oneof![
        4 => select(&["true", "false", "TRUE", "False", "yes", ""][..]).prop_map(|value| json!(value)),
        1 => any::<bool>().prop_map(|value| json!(value)),
        1 => Just(json!(["true", "false"])),
        1 => Just(json!([])),
    ];
    (qualifier, select(all_keys()), values)
        .prop_map(|(qualifier, (key, _), values)| (format!("{qualifier}Null"), key, values))
}

fn comparison() -> impl Strategy<Value = Test> {
    (
        select(OPERATORS),
        select(&["", "", "", "", "ForAllValues:", "ForAnyValue:"][..]),
        select(&["", "", "IfExists"][..]),
        any::<prop::sample::Index>(),
        0..4_u8,
    )
        .prop_flat_map(|((name, family), qualifier, if_exists, at, like)| {
            // Mostly a key whose values are of the operator's kind, sometimes any key.
            let fitting: Vec<_> = all_keys()
                .into_iter()
                .filter(|(_, of)| {
                    *of == family || (family == Family::Text && *of == Family::Account)
                })
                .collect();
            let (key, of) = if like == 0 || fitting.is_empty() {
                all_keys()[at.index(all_keys().len())]
            } else {
                fitting[at.index(fitting.len())]
            };
            let family = if family == Family::Text { of } else { family };
            let negated = name.to_ascii_lowercase().contains("not");
            let text = family == Family::Text;
            // What an empty list means is settled for these only ("Empty value lists", U-16).
            let empty = !negated || (qualifier.is_empty() && text);
            let operator = format!("{qualifier}{name}{if_exists}");
            policy_values(family, name.starts_with("Date"), empty)
                .prop_map(move |values| (operator.clone(), key, values))
        })
}

fn policy_values(family: Family, date: bool, empty: bool) -> BoxedStrategy<Value> {
    // A date that is none is refused as a whole.
    let family = if date { Family::Date } else { family };
    let single = move || -> BoxedStrategy<Value> {
        let known = select(patterns(family)).prop_map(|value| json!(value));
        match family {
            Family::Text => prop_oneof![
                3 => known,
                1 => composed(&["a", "b", "A", "*", "?", "-", ":", "${aws:PrincipalTag/team}", "${*}"])
                    .prop_map(|value| json!(value)),
            ]
            .boxed(),
            Family::Number => prop_oneof![
                3 => known,
                1 => Just(json!(5)),
                1 => Just(json!(5.5)),
                1 => Just(json!(-5)),
            ]
            .boxed(),
            Family::Bool => prop_oneof![3 => known, 1 => any::<bool>().prop_map(|value| json!(value))].boxed(),
            _ => known.boxed(),
        }
    };
    let empty_weight = u32::from(empty);
    prop_oneof![
        10 => single(),
        6 => vec(single(), 1..4).prop_map(|values| json!(values)),
        empty_weight => Just(json!([])),
        1 => single().prop_map(|value| json!([null, value])),
    ]
    .boxed()
}
