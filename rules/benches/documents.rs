//! What the worst documents cost: `cargo bench -p ascp-policy-rules`.
//!
//! Each is as large as AWS takes, and made so that some rule has most to do. A word behind `--` picks those whose names hold
//! it; `-- --write FOLDER` writes them there instead, for `ascp-policy check` to read.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a measurement reads the clock and prints, and has failed when it cannot go on"
)]

use policy_engine::{
    inventory::{Inventory, LoosePolicy},
    policy::{PolicyType, parse},
    simulator::Simulator,
    source::{Shown, SourceMap},
    syntax::json,
};
use rules::catalog::Catalog;
use rules::lint::{Options, lint};
use std::{
    fmt::Write as _,
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// A case is run so often, or for so long; the fastest run counts, since others use the machine as well.
const RUNS: usize = 9;
const LONG: Duration = Duration::from_secs(1);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments
        .iter()
        .skip_while(|argument| *argument != "--write")
        .nth(1);
    if let Some(folder) = folder {
        fs::create_dir_all(folder).unwrap();
        for (name, _, text) in cases() {
            fs::write(Path::new(folder).join(format!("{name}.json")), text).unwrap();
        }
        return;
    }
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-'));
    let is_wanted = |name: &str| wanted.is_none_or(|wanted| name.contains(wanted));
    for (name, kind, text) in cases().into_iter().filter(|(name, ..)| is_wanted(name)) {
        let mut findings = 0;
        let mut times = Vec::new();
        while times.len() < RUNS && times.iter().sum::<Duration>() < LONG {
            let start = Instant::now();
            findings = check(kind, &text);
            times.push(start.elapsed());
        }
        let best = times.iter().min().unwrap().as_secs_f64() * 1_000.0;
        let size = text.len();
        println!("{best:8.1} ms  {size:6} bytes  {findings:5} findings  {name}");
    }
}

/// Reads a policy that stands alone and runs every rule; answers how many findings there are.
fn check(kind: PolicyType, text: &str) -> usize {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.json", Shown::whole(text));
    let node = json::parse(source, text).unwrap();
    let document = Arc::new(parse::document(&node, kind, "policy").0);
    let mut inventory = Inventory::default();
    inventory.loose.push(LoosePolicy { kind, document });
    let simulator = Simulator::new(&inventory);
    lint(&simulator, &sources, &Options::default())
        .findings
        .len()
}

/// Names, types and texts of the documents.
fn cases() -> Vec<(&'static str, PolicyType, String)> {
    use PolicyType::{Identity, Key, Resource, Trust};
    let mut cases = Vec::new();
    let mut add = |name, kind, text| cases.push((name, kind, text));
    // Lists of one statement.
    let actions = |kind, make: &dyn Fn(usize) -> String| {
        policy_with(
            kind,
            "\"Effect\":\"Allow\",\"Resource\":\"*\",\"Action\":[",
            make,
            "]",
        )
    };
    let resources = |kind, make: &dyn Fn(usize) -> String| {
        let head =
            "\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":[";
        policy_with(kind, head, make, "]")
    };
    let values = |kind, test: &str, make: &dyn Fn(usize) -> String| {
        let head = format!(
            "\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"*\",\"Condition\":{{{test}:["
        );
        policy_with(kind, &head, make, "]}}")
    };
    add(
        "unknown-actions",
        Identity,
        actions(Identity, &|n| format!("ec2:DescribeNothing{n}")),
    );
    add(
        "unknown-actions-short",
        Resource,
        actions(Resource, &|n| format!("ec2:Gett{n}")),
    );
    add(
        "unknown-action-patterns",
        Resource,
        actions(Resource, &|n| format!("ec2:*e*x{n}*")),
    );
    add(
        "action-patterns",
        Identity,
        actions(Identity, &|n| format!("s3:{}*", letters("*", n))),
    );
    add(
        "action-patterns-resource",
        Resource,
        actions(Resource, &|n| format!("ec2:*{}*", letters("*", n))),
    );
    add(
        "actions-of-stars",
        Resource,
        actions(Resource, &|n| format!("{}{n}", "*e".repeat(30))),
    );
    add(
        "unknown-services",
        Resource,
        actions(Resource, &|n| format!("secretsmanagr{n}:GetSecretValue")),
    );
    add(
        "resources",
        Resource,
        resources(Resource, &|n| {
            format!("arn:aws:secretsmanager:us-east-1:111122223333:secret:db{n}-*")
        }),
    );
    add(
        "resources-of-stars",
        Resource,
        resources(Resource, &|n| {
            format!("arn:aws:secretsmanager:*:*:secret:{}{n}", "*e".repeat(60))
        }),
    );
    add(
        "two-long-resources",
        Resource,
        resources(Resource, &|n| {
            format!(
                "arn:aws:secretsmanager:*:*:secret:{}{n}",
                "*e".repeat(4_900)
            )
        }),
    );
    add(
        "resources-of-no-type",
        Resource,
        resources(Resource, &|n| {
            format!("arn:aws:ec2:us-east-1:111122223333:{n}*e*x/*")
        }),
    );
    add(
        "resources-of-no-service",
        Resource,
        resources(Resource, &|n| {
            format!("arn:aws:sec{n}:us-east-1:111122223333:x")
        }),
    );
    add(
        "resources-of-no-region",
        Resource,
        resources(Resource, &|n| {
            format!("arn:aws:secretsmanager:us-eest-{n}:111122223333:secret:x")
        }),
    );
    add(
        "broken-variables",
        Resource,
        resources(Resource, &|n| format!("{}{n}", "${".repeat(400))),
    );
    add(
        "one-broken-variable",
        Resource,
        resources(Resource, &|n| format!("{}{n}", "${".repeat(9_500))),
    );
    add(
        "variables",
        Resource,
        values(Resource, r#""StringLike":{"aws:ResourceTag/team""#, &|n| {
            format!("${{aws:PrincipalTag/team{n}}}*")
        }),
    );
    add(
        "values-of-stars",
        Resource,
        values(Resource, r#""StringLike":{"aws:PrincipalArn""#, &|n| {
            format!("{}{n}", "*e".repeat(30))
        }),
    );
    add("two-tests", Resource, {
        let list = |kind: &str| {
            let values = (0..600).map(|n| format!("\"*{n}{kind}*\""));
            let values: Vec<String> = if kind == "e" {
                values.rev().collect()
            } else {
                values.collect()
            };
            values.join(",")
        };
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{{"StringLike":{{"aws:PrincipalTag/a":[{}]}},"StringNotLike":{{"aws:PrincipalTag/a":[{}]}}}}}}]}}"#,
            list("ex"),
            list("e")
        )
    });
    add("unknown-keys", Resource, {
        let head = r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"#;
        object(
            Resource,
            head,
            &|n| format!("\"aws:PrincipalTeg{n}\":\"x\""),
            "}}",
        )
    });
    add("unknown-service-keys", Resource, {
        let head = r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"#;
        object(
            Resource,
            head,
            &|n| format!("\"ec2:ResourceTeg{n}\":\"x\""),
            "}}",
        )
    });
    let keys = &Catalog::embedded().service("ec2").unwrap().keys;
    add(
        "keys-of-a-service",
        Resource,
        statements(Resource, &|n| {
            let key = &keys.get(n % keys.len()).unwrap().name;
            format!(
                r#"{{"Effect":"Allow","Principal":"*","Action":"ec2:*","Resource":"*","Condition":{{"StringEquals":{{"{key}":"x"}}}}}}"#
            )
        }),
    );
    add("principals", Trust, {
        let head = r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["#;
        list_of(
            Trust,
            head,
            &|n| format!("arn:aws:sts::111122223333:assumed-role/r{n}/x"),
            "]}",
        )
    });
    // Many statements.
    let same = |text: &'static str| move |_: usize| text.to_owned();
    add(
        "key-statements",
        Key,
        statements(
            Key,
            &same(r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}"#),
        ),
    );
    add(
        "key-statements-of-strangers",
        Key,
        statements(Key, &|n| {
            format!(
                r#"{{"Effect":"Allow","Principal":{{"AWS":"*"}},"Action":["kms:Decrypt","kms:X{n}"],"Resource":"*"}}"#
            )
        }),
    );
    add(
        "key-statements-without-effect",
        Key,
        statements(
            Key,
            &same(r#"{"Principal":"*","Action":"kms:*","Resource":"*"}"#),
        ),
    );
    add(
        "key-statements-of-roles",
        Key,
        statements(Key, &|n| {
            format!(
                r#"{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:role/r{n}"}},"Action":"kms:Decrypt","Resource":"*"}}"#
            )
        }),
    );
    add(
        "reading-statements",
        Identity,
        statements(Identity, &|n| {
            format!(
                r#"{{"Effect":"Allow","Action":["secretsmanager:*"],"Resource":"*","Condition":{{"StringLikeIfExists":{{"aws:ResourceTag/t{n}":"*"}}}}}}"#
            )
        }),
    );
    add(
        "reading-statements-resource",
        Resource,
        statements(Resource, &|n| {
            format!(
                r#"{{"Effect":"Allow","Principal":"*","Action":"secretsmanager:*","Resource":"*","Condition":{{"StringNotEquals":{{"aws:ResourceTag/t{n}":"${{aws:PrincipalTag/t}}"}}}}}}"#
            )
        }),
    );
    add(
        "tampering-statements",
        Identity,
        statements(
            Identity,
            &same(r#"{"Effect":"Allow","Action":"*:*","Resource":"arn:aws:*"}"#),
        ),
    );
    add(
        "denied-statements",
        Identity,
        statements(Identity, &|n| {
            let (effect, actions) = if n % 2 == 0 {
                ("Allow", r#"["kms:De*","s3:*","x:y"]"#)
            } else {
                ("Deny", r#"["s3:*","kms:*"]"#)
            };
            format!(r#"{{"Effect":"{effect}","Action":{actions},"Resource":"*"}}"#)
        }),
    );
    add(
        "trust-statements",
        Trust,
        statements(
            Trust,
            &same(r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*"}"#),
        ),
    );
    cases
}

/// How much a document of a type may hold.
fn limit(kind: PolicyType) -> usize {
    match kind {
        PolicyType::Key => 32_768,
        PolicyType::Resource => 20_480,
        PolicyType::Trust => 4_096,
        _ => 6_144,
    }
}

/// A text of up to three letters that differs for each number.
fn letters(between: &str, number: usize) -> String {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    format!("{}{between}{}", letter(number), letter(number / 26))
}

fn policy_with(kind: PolicyType, head: &str, make: &dyn Fn(usize) -> String, tail: &str) -> String {
    let who = if kind == PolicyType::Identity {
        ""
    } else {
        "\"Principal\":\"*\","
    };
    list_of(kind, &format!("{who}{head}"), make, tail)
}

fn list_of(kind: PolicyType, head: &str, make: &dyn Fn(usize) -> String, tail: &str) -> String {
    filled(
        kind,
        &format!("{{{head}"),
        &|number| format!("\"{}\"", make(number)),
        &format!("{tail}}}"),
    )
}

fn object(kind: PolicyType, head: &str, make: &dyn Fn(usize) -> String, tail: &str) -> String {
    filled(
        kind,
        &format!("{{\"Principal\":\"*\",{head}"),
        make,
        &format!("{tail}}}"),
    )
}

fn statements(kind: PolicyType, make: &dyn Fn(usize) -> String) -> String {
    filled(kind, "", make, "")
}

/// A document with as many parts as it may hold.
fn filled(kind: PolicyType, head: &str, make: &dyn Fn(usize) -> String, tail: &str) -> String {
    let mut text = format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{head}");
    let end = format!("{tail}]}}");
    for number in 0.. {
        let part = make(number);
        if text.len() + part.len() + end.len() + 1 > limit(kind) {
            break;
        }
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}{part}").unwrap();
    }
    text + &end
}
